/* The threads of the BLAS that NumPy calls: none but the caller while a product of ours runs.
 *
 * Its threads and ours would be two pools on the same cores: a small product would wake threads for less than waking
 * costs, and where another process has a core both pools wait for one another. */
#ifndef AUTODIFF_CORE_BLAS_H
#define AUTODIFF_CORE_BLAS_H

/* How many threads the library uses, for all callers, and the other way to say it: for the calling thread alone, giving
 * what it was before (0 for what all callers have). */
typedef int (*bl_get)(void);
typedef void (*bl_set)(int count);
typedef int (*bl_set_here)(int count);

/* Entry points that have been found: a pair, or the last one; NULLs for none, and then what follows does nothing. */
void bl_use(bl_get get, bl_set set, bl_set_here set_here);
int bl_known(void);

/* Between these two, which nest and may overlap with other threads', BLAS runs on its caller alone. `bl_end` is given
 * what `bl_begin` gave, on the same thread. Whoever sets another number in between, keeps it. */
int bl_begin(void);
void bl_end(int before);

#endif
