/* Rows of a contiguous array, changed in place, one after the other: those named twice change twice. */
#ifndef AUTODIFF_CORE_ROWS_H
#define AUTODIFF_CORE_ROWS_H

#include <stdint.h>

typedef intptr_t rw_intp;
typedef void (*rw_loop)(char **args, const rw_intp *dims, const rw_intp *strides, void *data);

/* whole[rows[i]] = whole[rows[i]] op values[i], by a loop over elements of `item` bytes of which a row has `width`. */
void rw_change(char *whole, const rw_intp *rows, const char *values, rw_intp n, rw_intp width, rw_intp item,
               rw_loop loop, void *data);

/* whole[rows[i]] = values[i], in rows of so many bytes. */
void rw_replace(char *whole, const rw_intp *rows, const char *values, rw_intp n, rw_intp nbytes);

/* whole[rows[i]] += values[i], for rows of one double, or float if `single`: a call of a loop for each would take
 * several times as long. */
void rw_add(char *whole, const rw_intp *rows, const char *values, rw_intp n, int single);

#endif
