/* Many rows times one small matrix, included in small_products.c for each dtype (REAL) and each width of vectors
 * (BYTES, with MADD): a tile of HEIGHT_1 rows of one vector, or of HEIGHT_2 rows of two, stays in registers. */

/* One more term of each element of the tile, to the one of its four numbers. */
#define SP_TERM(lane, vectors, height)                                                                                 \
    {                                                                                                                  \
        vector factor[vectors];                                                                                        \
        IN_UNROLLED for (int v = 0; v < (vectors); v++)                                                                \
        {                                                                                                              \
            factor[v] = *(const vector *)(factors + v * lanes);                                                        \
            SP_HELD(factor[v]);                                                                                        \
        }                                                                                                              \
        IN_UNROLLED for (int r = 0; r < (height); r++) IN_UNROLLED for (int v = 0; v < (vectors); v++)                 \
            sums[lane][r][v] = MADD(at[r * depth], factor[v], sums[lane][r][v]);                                       \
        at++;                                                                                                          \
        factors += stride;                                                                                             \
    }
/* (`sum`: how many terms it has, which may be known here.) */
#define SP_ROWS(name, vectors, height, sum)                                                                            \
    static void name(SP_ARGUMENTS)                                                                                     \
    {                                                                                                                  \
        typedef REAL vector __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));                     \
        (void)k;                                                                                                       \
        const sp_intp lanes = BYTES / sizeof(REAL), depth = (sum);                                                     \
        for (sp_intp i = 0; i < m; i += (height)) {                                                                    \
            if (i + (height) > m) /* (some rows once more) */                                                          \
                i = m - (height);                                                                                      \
            const REAL *factors = b;                                                                                   \
            const REAL *at = (const REAL *)a + i * depth;                                                              \
            char *to = out + i * step;                                                                                 \
            vector sums[LANES][height][vectors];                                                                       \
            IN_UNROLLED for (int l = 0; l < LANES; l++) IN_UNROLLED for (int r = 0; r < (height); r++)                 \
                IN_UNROLLED for (int v = 0; v < (vectors); v++) sums[l][r][v] = (vector){0};                           \
            if (depth < LANES) {                                                                                       \
                SP_TERM(0, vectors, height)                                                                            \
                if (depth > 1)                                                                                         \
                    SP_TERM(1, vectors, height)                                                                        \
                if (depth > 2)                                                                                         \
                    SP_TERM(2, vectors, height)                                                                        \
            } else {                                                                                                   \
                sp_intp turns = depth / LANES;                                                                         \
                do {                                                                                                   \
                    SP_TERM(0, vectors, height)                                                                        \
                    SP_TERM(1, vectors, height)                                                                        \
                    SP_TERM(2, vectors, height)                                                                        \
                    SP_TERM(3, vectors, height)                                                                        \
                } while (--turns);                                                                                     \
                if (depth % LANES > 2)                                                                                 \
                    SP_TERM(1, vectors, height)                                                                        \
                if (depth % LANES > 1)                                                                                 \
                    SP_TERM(2, vectors, height)                                                                        \
                if (depth % LANES > 0)                                                                                 \
                    SP_TERM(3, vectors, height)                                                                        \
                IN_UNROLLED for (int r = 0; r < (height); r++) IN_UNROLLED for (int v = 0; v < (vectors); v++)         \
                    sums[1][r][v] += sums[3][r][v];                                                                    \
            }                                                                                                          \
            IN_UNROLLED for (int r = 0; r < (height); r++) IN_UNROLLED for (int v = 0; v < (vectors); v++)             \
                sums[0][r][v] = (sums[0][r][v] + sums[2][r][v]) + sums[1][r][v];                                       \
            IN_UNROLLED for (int r = 0; r < (height); r++, to += step)                                                 \
                IN_UNROLLED for (int v = 0; v < (vectors); v++)                                                        \
                    *(vector *)((REAL *)to + v * lanes) = sums[0][r][v];                                               \
        }                                                                                                              \
    }

/* (In a short sum, what is not its terms costs as much as they do.) */
SP_ROWS(NAME(single_of_2), 1, HEIGHT_1, 2)
SP_ROWS(NAME(twofold_of_2), 2, HEIGHT_2, 2)
SP_ROWS(NAME(single_of_3), 1, HEIGHT_1, 3)
SP_ROWS(NAME(twofold_of_3), 2, HEIGHT_2, 3)
SP_ROWS(NAME(single_of_4), 1, HEIGHT_1, 4)
SP_ROWS(NAME(twofold_of_4), 2, HEIGHT_2, 4)
SP_ROWS(NAME(single_of_5), 1, HEIGHT_1, 5)
SP_ROWS(NAME(twofold_of_5), 2, HEIGHT_2, 5)
SP_ROWS(NAME(single_of_6), 1, HEIGHT_1, 6)
SP_ROWS(NAME(twofold_of_6), 2, HEIGHT_2, 6)
SP_ROWS(NAME(single_of_7), 1, HEIGHT_1, 7)
SP_ROWS(NAME(twofold_of_7), 2, HEIGHT_2, 7)
SP_ROWS(NAME(single_of_8), 1, HEIGHT_1, 8)
SP_ROWS(NAME(twofold_of_8), 2, HEIGHT_2, 8)
SP_ROWS(NAME(single_of_9), 1, HEIGHT_1, 9)
SP_ROWS(NAME(twofold_of_9), 2, HEIGHT_2, 9)
SP_ROWS(NAME(single_of_10), 1, HEIGHT_1, 10)
SP_ROWS(NAME(twofold_of_10), 2, HEIGHT_2, 10)
SP_ROWS(NAME(single), 1, HEIGHT_1, k)
SP_ROWS(NAME(twofold), 2, HEIGHT_2, k)

enum { NAME(single_rows) = HEIGHT_1, NAME(twofold_rows) = HEIGHT_2 };

#undef SP_ROWS
#undef SP_TERM
#undef HEIGHT_1
#undef HEIGHT_2
#undef MADD
#undef BYTES
#undef NAME
#undef REAL
