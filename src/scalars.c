#include "scalars.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static double negative(double x) { return -x; }
static double square(double x) { return x * x; }
static double reciprocal(double x) { return 1.0 / x; }
static double add(double x, double y) { return x + y; }
static double subtract(double x, double y) { return x - y; }
static double multiply(double x, double y) { return x * y; }
static double divide(double x, double y) { return x / y; }
static double less(double x, double y) { return x < y; }
static double less_equal(double x, double y) { return x <= y; }
static double greater(double x, double y) { return x > y; }
static double greater_equal(double x, double y) { return x >= y; }
static double equal(double x, double y) { return x == y; }
static double not_equal(double x, double y) { return x != y; }
static double selected(double condition, double x, double y) { return condition != 0 ? x : y; }

#define ONE(name, code, function) {name, code, function, NULL, NULL}
#define TWO(name, code, function) {name, code, NULL, function, NULL}

static const sc_scalar scalars[] = {
    ONE("sin", SC_CALL1, sin), ONE("cos", SC_CALL1, cos), ONE("tan", SC_CALL1, tan),
    ONE("exp", SC_CALL1, exp), ONE("log", SC_CALL1, log), ONE("sqrt", SC_CALL1, sqrt),
    ONE("expm1", SC_CALL1, expm1), ONE("log1p", SC_CALL1, log1p),
    ONE("sinh", SC_CALL1, sinh), ONE("cosh", SC_CALL1, cosh), ONE("tanh", SC_CALL1, tanh),
    ONE("asin", SC_CALL1, asin), ONE("acos", SC_CALL1, acos), ONE("atan", SC_CALL1, atan),
    ONE("erf", SC_CALL1, erf), ONE("erfc", SC_CALL1, erfc),
    ONE("abs", SC_CALL1, fabs), ONE("floor", SC_CALL1, floor), ONE("ceil", SC_CALL1, ceil), ONE("rint", SC_CALL1, rint),
    ONE("negative", SC_NEGATIVE, negative), ONE("square", SC_SQUARE, square), ONE("reciprocal", SC_CALL1, reciprocal),
    TWO("add", SC_ADD, add), TWO("subtract", SC_SUBTRACT, subtract),
    TWO("multiply", SC_MULTIPLY, multiply), TWO("divide", SC_DIVIDE, divide),
    TWO("cotangent_product", SC_COTANGENT_PRODUCT, sc_cotangent_product),
    TWO("cotangent_quotient", SC_COTANGENT_QUOTIENT, sc_cotangent_quotient),
    TWO("zero_product", SC_CALL2, sc_zero_product), TWO("pow", SC_CALL2, pow), TWO("atan2", SC_CALL2, atan2),
    TWO("less", SC_LESS, less), TWO("less_equal", SC_CALL2, less_equal),
    TWO("greater", SC_GREATER, greater), TWO("greater_equal", SC_CALL2, greater_equal),
    TWO("equal", SC_CALL2, equal), TWO("not_equal", SC_CALL2, not_equal),
    {"select", SC_SELECT, NULL, NULL, selected},
};

const sc_scalar *sc_find(const char *name)
{
    for (size_t k = 0; k < sizeof scalars / sizeof *scalars; k++)
        if (strcmp(scalars[k].name, name) == 0)
            return &scalars[k];
    return NULL;
}
