/* The loops of small_products.c, included there for each dtype (REAL, with BITS of its size) and each kind of
 * processor: its TILES, and how it adds a product, of numbers (MADD) and of vectors (MADDS). */

#define AT(pointer) (*(const REAL *)(pointer))
#define ADD(sum, x, y) sum = MADD(x, y, sum)

/* One element of the result, however its row and its column lie. */
IN_INLINE REAL NAME(one)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k)
{
    REAL p = 0, q = 0, r = 0, s = 0;
    const sp_intp left = k % LANES;
    if (k < LANES) {
        ADD(p, AT(a), AT(b));
        if (k > 1)
            ADD(q, AT(a + on_a), AT(b + on_b));
        if (k > 2)
            ADD(r, AT(a + 2 * on_a), AT(b + 2 * on_b));
        return (p + r) + q;
    }
    for (; k >= LANES; k -= LANES, a += LANES * on_a, b += LANES * on_b) {
        ADD(p, AT(a), AT(b));
        ADD(q, AT(a + on_a), AT(b + on_b));
        ADD(r, AT(a + 2 * on_a), AT(b + 2 * on_b));
        ADD(s, AT(a + 3 * on_a), AT(b + 3 * on_b));
    }
    if (left) {
        a += (left - 1) * on_a;
        b += (left - 1) * on_b;
        ADD(s, AT(a), AT(b));
        if (left > 1)
            ADD(r, AT(a - on_a), AT(b - on_b));
        if (left > 2)
            ADD(q, AT(a - 2 * on_a), AT(b - 2 * on_b));
    }
    return (p + r) + (q + s);
}

IN_INLINE void NAME(all)(sp_intp m, sp_intp k, sp_intp n, const char *a, sp_intp row, sp_intp on_a, const char *b,
                         sp_intp on_b, sp_intp column, char *out, sp_intp step)
{
    for (sp_intp i = 0; i < m; i++, a += row, out += step)
        for (sp_intp j = 0; j < n; j++)
            ((REAL *)out)[j] = NAME(one)(a, on_a, b + j * column, on_b, k);
}

#if SP_VECTORS

typedef REAL NAME(vector) __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
typedef BITS NAME(bits) __attribute__((vector_size(LANES * sizeof(REAL))));
#define LOAD(pointer) (*(NAME(vector) *)(pointer))
#define ADDS(sum, x, y) sum = MADDS(x, y, sum)
#define EACH(pointer) ((NAME(vector)){AT(pointer), AT(pointer), AT(pointer), AT(pointer)})

/* Four columns, which lie side by side. */
IN_INLINE void NAME(columns)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k, REAL *out)
{
    NAME(vector) p = {0}, q = {0}, r = {0}, s = {0};
    const sp_intp left = k % LANES;
    if (k < LANES) {
        ADDS(p, EACH(a), LOAD(b));
        if (k > 1)
            ADDS(q, EACH(a + on_a), LOAD(b + on_b));
        if (k > 2)
            ADDS(r, EACH(a + 2 * on_a), LOAD(b + 2 * on_b));
        LOAD(out) = (p + r) + q;
        return;
    }
    for (; k >= LANES; k -= LANES, a += LANES * on_a, b += LANES * on_b) {
        ADDS(p, EACH(a), LOAD(b));
        ADDS(q, EACH(a + on_a), LOAD(b + on_b));
        ADDS(r, EACH(a + 2 * on_a), LOAD(b + 2 * on_b));
        ADDS(s, EACH(a + 3 * on_a), LOAD(b + 3 * on_b));
    }
    if (left) {
        a += (left - 1) * on_a;
        b += (left - 1) * on_b;
        ADDS(s, EACH(a), LOAD(b));
        if (left > 1)
            ADDS(r, EACH(a - on_a), LOAD(b - on_b));
        if (left > 2)
            ADDS(q, EACH(a - 2 * on_a), LOAD(b - 2 * on_b));
    }
    LOAD(out) = (p + r) + (q + s);
}

/* A row of the result, of at least four columns, which lie side by side. */
IN_INLINE void NAME(row)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k, sp_intp n, char *out)
{
    sp_intp j = 0;
    for (; j + LANES <= n; j += LANES)
        NAME(columns)(a, on_a, (const char *)((const REAL *)b + j), on_b, k, (REAL *)out + j);
    if (j < n) { /* (some columns once more) */
        j = n - LANES;
        NAME(columns)(a, on_a, (const char *)((const REAL *)b + j), on_b, k, (REAL *)out + j);
    }
}

/* The four numbers of one element, whose row and column lie side by side, and are not shorter. */
IN_INLINE void NAME(lanes)(const char *a, const char *b, sp_intp k, const NAME(bits) *mask, const NAME(vector) *tail,
                           NAME(vector) *result)
{
    NAME(vector) p = {0};
    sp_intp i = 0;
    for (; i + LANES <= k; i += LANES)
        ADDS(p, LOAD((const REAL *)a + i), LOAD((const REAL *)b + i));
    if (i < k) /* (adding what is 0 times -0 changes nothing, not even the sign of a zero) */
        ADDS(p, (NAME(vector))((NAME(bits))LOAD((const REAL *)a + k - LANES) & *mask), *tail);
    *result = p;
}

/* A matrix times a column, both of whose rows lie side by side and are not shorter than four; the result's, too. */
IN_INLINE void NAME(inner)(const char *a, sp_intp row, const char *b, sp_intp m, sp_intp k, char *out)
{
    typedef NAME(vector) vector;
    typedef NAME(bits) bits;
    const sp_intp left = k % LANES;
    const bits mask = {0, left > 2 ? -1 : 0, left > 1 ? -1 : 0, -1};
    const vector zeros = {-(REAL)0, -(REAL)0, -(REAL)0, -(REAL)0};
    const vector tail = (vector)(((bits)LOAD((const REAL *)b + k - LANES) & mask) | ((bits)zeros & ~mask));
    sp_intp i = 0;
    if (m < LANES) {
        for (; i < m; i++) {
            vector p;
            NAME(lanes)(a + i * row, b, k, &mask, &tail, &p);
            ((REAL *)out)[i] = (p[0] + p[2]) + (p[1] + p[3]);
        }
        return;
    }
    for (; i < m; i += LANES) {
        if (i + LANES > m) /* (some rows once more) */
            i = m - LANES;
        const char *const at = a + i * row;
        vector p, q, r, s;
        NAME(lanes)(at, b, k, &mask, &tail, &p);
        NAME(lanes)(at + row, b, k, &mask, &tail, &q);
        NAME(lanes)(at + 2 * row, b, k, &mask, &tail, &r);
        NAME(lanes)(at + 3 * row, b, k, &mask, &tail, &s);
        const vector u = SP_SHUFFLE(bits, p, r, 0, 1, 4, 5) + SP_SHUFFLE(bits, p, r, 2, 3, 6, 7);
        const vector v = SP_SHUFFLE(bits, q, s, 0, 1, 4, 5) + SP_SHUFFLE(bits, q, s, 2, 3, 6, 7);
        *(vector *)((REAL *)out + i) = SP_SHUFFLE(bits, u, v, 0, 4, 2, 6) + SP_SHUFFLE(bits, u, v, 1, 5, 3, 7);
    }
}
#undef LOAD
#undef ADDS
#undef EACH

/* Rows, which follow each other, times a matrix that is as wide as a tile at least, whose columns lie side by side. */
IN_INLINE void NAME(panels)(const sp_tile *tile, sp_intp m, sp_intp k, sp_intp n, const char *a, const REAL *b,
                            sp_intp stride, char *out, sp_intp step)
{
    const sp_rows single = tile->single[k <= SP_SHORT ? k : 0];
    const sp_intp lanes = tile->lanes;
    for (sp_intp j = 0; j < n;) {
        const int two = n - j > lanes && n >= 2 * lanes && m >= tile->twofold_rows;
        const sp_intp width = two ? 2 * lanes : lanes;
        if (j + width > n) /* (some columns once more) */
            j = n - width;
        (two ? tile->twofold[k <= SP_SHORT ? k : 0] : single)(m, k, a, b + j, stride, (char *)((REAL *)out + j), step);
        j += width;
    }
}

/* The same by tiles, if there are enough rows. False where there are not. */
static int NAME(tiled)(sp_intp m, sp_intp k, sp_intp n, const char *a, const char *b, sp_intp on_b, sp_intp column,
                       char *out, sp_intp step)
{
    static const sp_tile tiles[] = {TILES};
    const sp_intp item = sizeof(REAL);
    const sp_tile *tile = tiles, *const last = tiles + sizeof(tiles) / sizeof(tiles[0]) - 1;
    if (m < SP_TALL) {
        if (column != item || on_b % item || n < tile->lanes || m < tile->single_rows)
            return 0;
        while (tile < last && tile[1].lanes <= n && tile[1].single_rows <= m)
            tile++;
        NAME(panels)(tile, m, k, n, a, (const REAL *)b, on_b / item, out, step);
        return 1;
    }
    /* The other matrix is copied, and as wide as a tile. */
    REAL copied[SP_COPIED] SP_ALIGNED;
    while (tile < last && tile->lanes < n)
        tile++;
    const sp_intp lanes = tile->lanes, width = n <= lanes ? lanes : 2 * lanes, stride = n < width ? width : n;
    if (k * stride > SP_COPIED || (n < width && step != n * item))
        return 0;
    for (sp_intp i = 0; i < k; i++, b += on_b) {
        REAL *const to = copied + i * stride;
        sp_intp j = 0;
        for (; j < n; j++)
            to[j] = AT(b + j * column);
        for (; j < stride; j++)
            to[j] = 0;
    }
    if (n >= width) {
        NAME(panels)(tile, m, k, n, a, copied, stride, out, step);
        return 1;
    }
    /* Rows are stored as wide as the tile, over the begin of the next one, which comes later; the last ones apart. */
    const sp_rows loop = width == lanes ? tile->single[k <= SP_SHORT ? k : 0] : tile->twofold[k <= SP_SHORT ? k : 0];
    const sp_intp apart = (width + n - 1) / n - 1;
    REAL wide[SP_TALLEST * 128 / sizeof(REAL)]; /* (of two vectors) */
    loop(m - apart, k, a, copied, stride, out, step);
    loop(SP_TALLEST, k, a + (m - SP_TALLEST) * k * item, copied, stride, (char *)wide, width * item);
    for (sp_intp i = SP_TALLEST - apart; i < SP_TALLEST; i++)
        memcpy(out + (m - SP_TALLEST + i) * step, wide + i * width, n * item);
    return 1;
}

#endif

static void NAME(multiply)(const sp_intp *sizes, const sp_intp *steps, const char *a, const char *b,
                                     char *out)
{
    const sp_intp m = sizes[1], k = sizes[2], n = sizes[3];
    const sp_intp row = steps[3], on_a = steps[4], on_b = steps[5], column = steps[6], step = steps[7];
#if SP_VECTORS
    const sp_intp item = sizeof(REAL);
    if (n > 1 && (m >= SP_TALL || (n >= LANES && m > 1)) && on_a == item && row == k * item
        && NAME(tiled)(m, k, n, a, b, on_b, column, out, step))
        return;
    if (n == 1 && (m == 1 || step == item)) {
        if (on_a == item && on_b == item && k >= LANES) {
            NAME(inner)(a, row, b, m, k, out);
            return;
        }
        if (row == item && m >= LANES) {
            NAME(row)(b, on_b, a, on_a, k, m, out);
            return;
        }
    } else if (column == item && n >= LANES) {
        for (sp_intp i = 0; i < m; i++)
            NAME(row)(a + i * row, on_a, b, on_b, k, n, out + i * step);
        return;
    } else if (on_a == item && on_b == item && k >= LANES) {
        for (sp_intp i = 0; i < m; i++)
            NAME(inner)(b, column, a + i * row, n, k, out + i * step);
        return;
    }
#endif
    if (k == 3 && n == 3)
        NAME(all)(m, 3, 3, a, row, on_a, b, on_b, column, out, step);
    else if (k == 3 && n == 1)
        NAME(all)(m, 3, 1, a, row, on_a, b, on_b, column, out, step);
    else if (k == 3)
        NAME(all)(m, 3, n, a, row, on_a, b, on_b, column, out, step);
    else if (k == 2 && n == 2)
        NAME(all)(m, 2, 2, a, row, on_a, b, on_b, column, out, step);
    else if (k == 2 && n == 1)
        NAME(all)(m, 2, 1, a, row, on_a, b, on_b, column, out, step);
    else if (k == 2)
        NAME(all)(m, 2, n, a, row, on_a, b, on_b, column, out, step);
    else
        NAME(all)(m, k, n, a, row, on_a, b, on_b, column, out, step);
}
#undef AT
#undef ADD
#undef MADD
#undef MADDS
#undef TILES
#undef NAME
#undef BITS
#undef REAL
