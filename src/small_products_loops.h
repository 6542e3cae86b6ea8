/* The loops of small_products.c, included there for each dtype (REAL, with BITS of its size). */

#define AT(pointer) (*(const REAL *)(pointer))

/* One element of the result, however its row and its column lie. */
SP_INLINE REAL NAME(one)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k)
{
    REAL p = 0, q = 0, r = 0, s = 0;
    const sp_intp left = k % LANES;
    if (k < LANES) {
        p += AT(a) * AT(b);
        if (k > 1)
            q += AT(a + on_a) * AT(b + on_b);
        if (k > 2)
            r += AT(a + 2 * on_a) * AT(b + 2 * on_b);
        return (p + r) + q;
    }
    for (; k >= LANES; k -= LANES, a += LANES * on_a, b += LANES * on_b) {
        p += AT(a) * AT(b);
        q += AT(a + on_a) * AT(b + on_b);
        r += AT(a + 2 * on_a) * AT(b + 2 * on_b);
        s += AT(a + 3 * on_a) * AT(b + 3 * on_b);
    }
    if (left) {
        a += (left - 1) * on_a;
        b += (left - 1) * on_b;
        s += AT(a) * AT(b);
        if (left > 1)
            r += AT(a - on_a) * AT(b - on_b);
        if (left > 2)
            q += AT(a - 2 * on_a) * AT(b - 2 * on_b);
    }
    return (p + r) + (q + s);
}

SP_INLINE void NAME(all)(sp_intp m, sp_intp k, sp_intp n, const char *a, sp_intp row, sp_intp on_a, const char *b,
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

/* Four columns, which lie side by side. */
SP_INLINE void NAME(columns)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k, REAL *out)
{
    NAME(vector) p = {0}, q = {0}, r = {0}, s = {0};
    const sp_intp left = k % LANES;
    if (k < LANES) {
        p += AT(a) * LOAD(b);
        if (k > 1)
            q += AT(a + on_a) * LOAD(b + on_b);
        if (k > 2)
            r += AT(a + 2 * on_a) * LOAD(b + 2 * on_b);
        LOAD(out) = (p + r) + q;
        return;
    }
    for (; k >= LANES; k -= LANES, a += LANES * on_a, b += LANES * on_b) {
        p += AT(a) * LOAD(b);
        q += AT(a + on_a) * LOAD(b + on_b);
        r += AT(a + 2 * on_a) * LOAD(b + 2 * on_b);
        s += AT(a + 3 * on_a) * LOAD(b + 3 * on_b);
    }
    if (left) {
        a += (left - 1) * on_a;
        b += (left - 1) * on_b;
        s += AT(a) * LOAD(b);
        if (left > 1)
            r += AT(a - on_a) * LOAD(b - on_b);
        if (left > 2)
            q += AT(a - 2 * on_a) * LOAD(b - 2 * on_b);
    }
    LOAD(out) = (p + r) + (q + s);
}

/* A row of the result, of at least four columns, which lie side by side. */
SP_INLINE void NAME(row)(const char *a, sp_intp on_a, const char *b, sp_intp on_b, sp_intp k, sp_intp n, char *out)
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
SP_INLINE void NAME(lanes)(const char *a, const char *b, sp_intp k, const NAME(bits) *mask, const NAME(bits) *tail,
                           NAME(vector) *result)
{
    NAME(vector) p = {0};
    sp_intp i = 0;
    for (; i + LANES <= k; i += LANES)
        p += LOAD((const REAL *)a + i) * LOAD((const REAL *)b + i);
    if (i < k) /* (added zeros change nothing: no sum that begins as zero is a negative one) */
        p += (NAME(vector))((NAME(bits))LOAD((const REAL *)a + k - LANES) & *mask) * (NAME(vector))*tail;
    *result = p;
}

/* A matrix times a column, both of whose rows lie side by side and are not shorter than four; the result's, too. */
SP_INLINE void NAME(inner)(const char *a, sp_intp row, const char *b, sp_intp m, sp_intp k, char *out)
{
    typedef NAME(vector) vector;
    typedef NAME(bits) bits;
    const sp_intp left = k % LANES;
    const bits mask = {0, left > 2 ? -1 : 0, left > 1 ? -1 : 0, -1};
    const bits tail = (bits)LOAD((const REAL *)b + k - LANES) & mask;
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

#endif

SP_CLONES static void NAME(multiply)(const sp_intp *sizes, const sp_intp *steps, const char *a, const char *b,
                                     char *out)
{
    const sp_intp m = sizes[1], k = sizes[2], n = sizes[3];
    const sp_intp row = steps[3], on_a = steps[4], on_b = steps[5], column = steps[6], step = steps[7];
#if SP_VECTORS
    const sp_intp item = sizeof(REAL);
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
    if (k == 2)
        NAME(all)(m, 2, n, a, row, on_a, b, on_b, column, out, step);
    else if (k == 3)
        NAME(all)(m, 3, n, a, row, on_a, b, on_b, column, out, step);
    else
        NAME(all)(m, k, n, a, row, on_a, b, on_b, column, out, step);
}
#undef AT
