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

#define ONE(text, code, function) {text, code, function, NULL, NULL}
#define TWO(text, code, function) {text, code, NULL, function, NULL}

static const sc_scalar scalars[] = {
    ONE("sin(x)", SC_CALL1, sin), ONE("cos(x)", SC_CALL1, cos), ONE("tan(x)", SC_CALL1, tan),
    ONE("exp(x)", SC_CALL1, exp), ONE("log(x)", SC_CALL1, log), ONE("sqrt(x)", SC_CALL1, sqrt),
    ONE("expm1(x)", SC_CALL1, expm1), ONE("log1p(x)", SC_CALL1, log1p),
    ONE("sinh(x)", SC_CALL1, sinh), ONE("cosh(x)", SC_CALL1, cosh), ONE("tanh(x)", SC_CALL1, tanh),
    ONE("asin(x)", SC_CALL1, asin), ONE("acos(x)", SC_CALL1, acos), ONE("atan(x)", SC_CALL1, atan),
    ONE("erf(x)", SC_CALL1, erf), ONE("erfc(x)", SC_CALL1, erfc),
    ONE("fabs(x)", SC_CALL1, fabs), ONE("floor(x)", SC_CALL1, floor), ONE("ceil(x)", SC_CALL1, ceil),
    ONE("rint(x)", SC_CALL1, rint),
    ONE("-x", SC_NEGATIVE, negative), ONE("x * x", SC_SQUARE, square), ONE("1 / x", SC_CALL1, reciprocal),
    TWO("x + y", SC_ADD, add), TWO("x - y", SC_SUBTRACT, subtract),
    TWO("x * y", SC_MULTIPLY, multiply), TWO("x / y", SC_DIVIDE, divide),
    TWO("cotangent * slope == cotangent * slope || cotangent != 0 ? cotangent * slope : 0",
        SC_COTANGENT_PRODUCT, sc_cotangent_product),
    TWO("cotangent / slope == cotangent / slope || cotangent != 0 ? cotangent / slope : 0",
        SC_COTANGENT_QUOTIENT, sc_cotangent_quotient),
    TWO("x * y == x * y || (x != 0 && y != 0) ? x * y : 0", SC_CALL2, sc_zero_product),
    TWO("pow(x, y)", SC_CALL2, pow), TWO("atan2(y, x)", SC_CALL2, atan2),
    TWO("x < y", SC_LESS, less), TWO("x <= y", SC_CALL2, less_equal),
    TWO("x > y", SC_GREATER, greater), TWO("x >= y", SC_CALL2, greater_equal),
    TWO("x == y", SC_CALL2, equal), TWO("x != y", SC_CALL2, not_equal),
    {"condition ? x : y", SC_SELECT, NULL, NULL, selected},
};

const sc_scalar *sc_find(const char *text)
{
    for (size_t k = 0; k < sizeof scalars / sizeof *scalars; k++)
        if (strcmp(scalars[k].text, text) == 0)
            return &scalars[k];
    return NULL;
}
