/* Elementwise instructions on few elements, where a call of a loop for each costs more than what it computes. */
#ifndef AUTODIFF_CORE_SHORT_LINES_H
#define AUTODIFF_CORE_SHORT_LINES_H

#include <stddef.h>
#include <stdint.h>

typedef intptr_t sl_intp;
typedef void (*sl_loop)(char **args, const sl_intp *dims, const sl_intp *strides, void *data);

enum {
    SL_OPERANDS = 3,
    SL_MOST = 128 /* elements, up to which the instructions without a call are worth it */
};

typedef struct sl_op {
    sl_loop loop;
    void *extra;
    int16_t op;
    int16_t arity;
    int16_t registers[SL_OPERANDS + 1]; /* what it reads, then what it writes */
    int16_t before[SL_OPERANDS];        /* (for who writes the instructions) */
    int16_t quick;                      /* what `sl_quick` says */
    sl_intp steps[SL_OPERANDS + 1];     /* from element to element of each, bytes: none of a number */
} sl_op;

/* How an instruction runs without a call; 0 where its loop is called. `code` is what the interpreter of numbers does
 * for it (scalars.h), and all its operands and its result are floats of `item` bytes. */
int sl_quick(int code, int item, const sl_op *op);

/* Runs instructions on so many elements: `registers` are where blocks, or numbers, are. A result may take the place of
 * an operand. */
void sl_run(const sl_op *ops, int count, char **registers, sl_intp elements);

#endif
