/* The inner loops of convolution.c, included there for each dtype (REAL) and each width of vectors (BYTES): a tile of a
 * few rows and columns of the product stays in registers, whatever the depth. */

#undef CV_VECTOR
#undef CV_LANES
#undef CV_TILE_LOOP

#if CV_VECTORS
#define CV_VECTOR(bytes) REAL __attribute__((vector_size(bytes), aligned(sizeof(REAL)), may_alias))
#define CV_LANES(bytes) ((kn_intp)((bytes) / sizeof(REAL)))
#else
#define CV_VECTOR(bytes) REAL
#define CV_LANES(bytes) 1
#endif

/* `each`: the first matrix has a value for each column, and not one for all of them. */
#define CV_TILE_LOOP(name, bytes, vectors, height, each)                                                               \
    static void name(CV_ARGUMENTS)                                                                                     \
    {                                                                                                                  \
        typedef CV_VECTOR(bytes) vector;                                                                               \
        const kn_intp lanes = CV_LANES(bytes);                                                                         \
        const REAL *factors = second;                                                                                  \
        const REAL *row[height];                                                                                       \
        vector sums[height][vectors];                                                                                  \
        IN_UNROLLED                                                                                                    \
        for (int r = 0; r < (height); r++)                                                                             \
            IN_UNROLLED for (int v = 0; v < (vectors); v++) sums[r][v] = (vector){0};                                  \
        IN_UNROLLED                                                                                                    \
        for (int r = 0; r < (height); r++)                                                                             \
            row[r] = rows[r];                                                                                          \
        for (kn_intp k = 0; k < depth; k++, factors += stride) {                                                       \
            const kn_intp at = within[k];                                                                              \
            vector factor[vectors];                                                                                    \
            IN_UNROLLED                                                                                                \
            for (int v = 0; v < (vectors); v++)                                                                        \
                factor[v] = *(const vector *)(factors + v * lanes);                                                    \
            IN_UNROLLED                                                                                                \
            for (int r = 0; r < (height); r++)                                                                         \
                IN_UNROLLED for (int v = 0; v < (vectors); v++)                                                        \
                {                                                                                                      \
                    if (each)                                                                                          \
                        sums[r][v] += *(const vector *)(row[r] + at + v * lanes) * factor[v];                          \
                    else                                                                                               \
                        sums[r][v] += row[r][at] * factor[v];                                                          \
                }                                                                                                      \
        }                                                                                                              \
        if (columns == (vectors) * lanes) {                                                                            \
            IN_UNROLLED                                                                                                \
            for (int r = 0; r < (height); r++)                                                                         \
                if (r < count)                                                                                         \
                    IN_UNROLLED for (int v = 0; v < (vectors); v++)                                                    \
                    {                                                                                                  \
                        vector *const place = (vector *)((REAL *)to[r] + v * lanes);                                   \
                        if (add)                                                                                       \
                            sums[r][v] += *place;                                                                      \
                        *place = sums[r][v];                                                                           \
                    }                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
        IN_UNROLLED                                                                                                    \
        for (int r = 0; r < (height); r++)                                                                             \
            if (r < count) {                                                                                           \
                REAL *const place = to[r];                                                                             \
                vector whole[vectors];                                                                                 \
                IN_UNROLLED                                                                                            \
                for (int v = 0; v < (vectors); v++)                                                                    \
                    whole[v] = sums[r][v];                                                                             \
                for (kn_intp c = 0; c < columns; c++)                                                                  \
                    place[c] = add ? place[c] + ((const REAL *)whole)[c] : ((const REAL *)whole)[c];                   \
            }                                                                                                          \
    }

#if !defined(CV_NARROW)
CV_TILE_LOOP(NAME(wide), BYTES, 2, CV_LOW, 0)
#endif
CV_TILE_LOOP(NAME(single), BYTES, 1, CV_TALL, 0)
CV_TILE_LOOP(NAME(each), BYTES, 1, CV_TALL, 1)
#undef REAL
#undef BYTES
#undef NAME
