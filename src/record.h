/* The op record: what recording, sweeping and replaying share. See record.pxi. */
#ifndef AUTODIFF_CORE_RECORD_H
#define AUTODIFF_CORE_RECORD_H

#include <Python.h>
#include <stddef.h>
#include <stdint.h>

typedef union {
    double partial[2];   /* of numbers, with PARTIALS: the local partial derivatives */
    PyObject *attribute; /* with ATTRIBUTE: an owned reference to what the op is told beside its operands */
    struct {
        PyObject *object;  /* of a leaf: the same, */
        uint64_t version;  /* and which of a variable's values it has */
    } leaf;
    int32_t output;      /* of a projection: which output of the record `a` it is */
    struct {
        int32_t truth; /* of a guard: whether Python asked for the truth of the value, */
        int32_t how;   /* and how, if nobody asked for it by name: BY_ARRAY, BY_NUMBER */
    } look;
} ad_payload;

typedef struct {
    uint16_t op;
    uint8_t flags;
    uint8_t dtype; /* the code of the result's (dtypes.pxi) */
    int32_t a;
    int32_t b;
    union {
        uint32_t listeners; /* on a log: the tapes that track this node, a bit each, or a set's number (tape.pxi) */
        uint32_t shape;     /* in a program: the number of the result's shape */
    };
    ad_payload payload;
} ad_record;

/* Two to a line of the cache, and what an append and a sweep touch first lies in the first half. */
typedef char ad_record_takes_32_bytes[sizeof(ad_record) == 32 && offsetof(ad_record, payload) == 16 ? 1 : -1];

#endif
