"""Names that no function of ours may have in C: keywords of C and C++, macros, and names of the C library.

A function that is called `malloc` or `exp` would be called by others than meant; one that is called `int`, `class` or
`NAN` does not compile, or not everywhere.
"""

from __future__ import annotations

import re

__all__ = ["KEYWORDS", "refuse_name", "words"]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = words("""
alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern false
float for fortran goto if inline int long nullptr register restrict return short signed sizeof static static_assert
struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile while main
""")
_OF_CPP = words("""
and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl concept const_cast
consteval constinit decltype delete dynamic_cast explicit export friend import module mutable namespace new
noexcept not not_eq operator or or_eq override private protected public reinterpret_cast requires static_cast
template this throw try typeid typename using virtual wchar_t xor xor_eq
""")
_MACROS = words("""
BUFSIZ CHAR_BIT CLOCKS_PER_SEC DOMAIN EOF EXIT_FAILURE EXIT_SUCCESS HUGE HUGE_VAL HUGE_VALF HUGE_VALL I INFINITY
L_tmpnam MATH_ERREXCEPT MATH_ERRNO MB_CUR_MAX NAN NDEBUG NULL ONCE_FLAG_INIT OVERFLOW PLOSS SEEK_CUR SEEK_END
SEEK_SET SING TLOSS UNDERFLOW WEOF X_TLOSS linux math_errhandling signgam unix i386
""")
_FAMILIES = re.compile(
    r"E[0-9A-Z]\w+|SIG[A-Z_]\w*|(LC|FE|FP|M|ATOMIC|TIME|FLT|DBL|LDBL|DEC)_\w+|(PRI|SCN)[a-zX]\w*|"
    r"[A-Z]\w*_(MAX|MIN|WIDTH)|U?INT\w*_[MWC]\w*"
)
_LIBRARY = words("""
div_t double_t fenv_t fexcept_t float_t fpos_t imaxdiv_t jmp_buf lconv ldiv_t lldiv_t max_align_t mbstate_t
nullptr_t once_flag ptrdiff_t sig_atomic_t size_t ssize_t time_t timespec tm va_list wctrans_t wctype_t wint_t
clock_t cnd_t errno_t rsize_t complex imaginary noreturn std a64l abort abs access acct acos acosh acospi alarm
aligned_alloc alloca arc4random arc4random_buf arc4random_uniform asctime asctime_r asin asinh asinpi assert
at_quick_exit atan atan2 atan2pi atanh atanpi atexit atof atoi atol bcmp bcopy brk bsearch btowc bzero c16rtomb
c32rtomb c8rtomb cabs cacos cacosh call_once calloc canonicalize carg casin casinh catan catanh cbrt ccos ccosh
ceil cexp chdir chown chroot cimag clearenv clearerr clearerr_unlocked clock clock_getcpuclockid clock_getres
clock_gettime clock_nanosleep clock_settime clog close closefrom compoundn confstr conj copysign cos cosh cospi
cpow cproj creal creat crypt csin csinh csqrt ctan ctanh ctermid ctime ctime_r daemon difftime div dprintf drand48
drand48_r drem dup dup2 duplocale dysize ecvt ecvt_r endusershell erand48 erand48_r erf erfc errno execl execle
execlp execv execve execvp exit exp exp10 exp10m1 exp2 exp2m1 explicit_bzero expm1 fabs faccessat fadd fchdir
fchown fchownat fclose fcntl fcvt fcvt_r fdatasync fdim fdiv fdopen feclearexcept fegetenv fegetexceptflag
fegetround feholdexcept feof feof_unlocked feraiseexcept ferror ferror_unlocked fesetenv fesetexceptflag fesetround
fetestexcept feupdateenv fexecve fflush fflush_unlocked ffma ffs fgetc fgetc_unlocked fgetpos fgets fgetwc fgetws
fileno fileno_unlocked finite flockfile floor fma fmax fmaximum fmaximum_mag fmaximum_mag_num fmaximum_num fmemopen
fmin fminimum fminimum_mag fminimum_mag_num fminimum_num fmod fmul fopen fork fpathconf fpclassify fprintf fputc
fputc_unlocked fputs fputwc fputws fread fread_unlocked free free_aligned_sized free_sized freelocale freopen frexp
fromfp fromfpx fscanf fseek fseeko fsetpos fsqrt fsub fsync ftell ftello ftruncate ftrylockfile funlockfile fwide
fwprintf fwrite fwrite_unlocked fwscanf gamma gcvt getc getc_unlocked getchar getchar_unlocked getcwd getdelim
getdomainname getdtablesize getegid getentropy getenv geteuid getgid getgroups gethostid gethostname getline
getloadavg getlogin getlogin_r getopt getpagesize getpass getpayload getpgid getpgrp getpid getppid gets getsid
getsubopt getuid getusershell getw getwc getwchar getwd gmtime gmtime_r gsignal hypot ilogb imaxabs imaxdiv index
initstate initstate_r isalnum isalnum_l isalpha isalpha_l isascii isatty isblank isblank_l iscanonical iscntrl
iscntrl_l isdigit isdigit_l iseqsig isfinite isgraph isgraph_l isgreater isgreaterequal isinf isless islessequal
islessgreater islower islower_l isnan isnormal isprint isprint_l ispunct ispunct_l issignaling isspace isspace_l
issubnormal isunordered isupper isupper_l iswalnum iswalnum_l iswalpha iswalpha_l iswblank iswblank_l iswcntrl
iswcntrl_l iswctype iswctype_l iswdigit iswdigit_l iswgraph iswgraph_l iswlower iswlower_l iswprint iswprint_l
iswpunct iswpunct_l iswspace iswspace_l iswupper iswupper_l iswxdigit iswxdigit_l isxdigit isxdigit_l iszero j0 j1
jn jrand48 jrand48_r kill killpg l64a labs lchown lcong48 lcong48_r ldexp ldiv lgamma lgamma_r lgammaf_r lgammal_r
link linkat llabs lldiv llogb llrint llround localeconv localtime localtime_r lockf log log10 log10p1 log1p log2
log2p1 logb logp1 longjmp lrand48 lrand48_r lrint lround lseek malloc mblen mbrlen mbrtoc16 mbrtoc32 mbrtoc8
mbrtowc mbsinit mbsnrtowcs mbsrtowcs mbstowcs mbtowc memalignment memccpy memchr memcmp memcpy memmove memset
memset_explicit mkdtemp mkstemp mkstemps mktemp mktime modf mrand48 mrand48_r nan nanosleep nearbyint newlocale
nextafter nextdown nexttoward nextup nice nrand48 nrand48_r offsetof on_exit open open_memstream open_wmemstream
openat pathconf pause pclose perror pipe popen posix_fadvise posix_fallocate posix_memalign pow pown powr pread
printf profil pselect psiginfo psignal putc putc_unlocked putchar putchar_unlocked putenv puts putw putwc putwchar
pwrite qecvt qecvt_r qfcvt qfcvt_r qgcvt qsort quick_exit raise rand rand_r random random_r read readlink
readlinkat realloc reallocarray realpath remainder remove remquo rename renameat revoke rewind rindex rint rmdir
rootn round roundeven rpmatch rsqrt sbrk scalb scalbln scalbn scanf sched_get_priority_max sched_get_priority_min
sched_getparam sched_getscheduler sched_rr_get_interval sched_setparam sched_setscheduler sched_yield seed48
seed48_r select setbuf setbuffer setdomainname setegid setenv seteuid setgid sethostid sethostname setjmp
setlinebuf setlocale setlogin setpayload setpgid setpgrp setregid setreuid setsid setstate setstate_r setuid
setusershell setvbuf sigaction sigaddset sigaltstack sigblock sigdelset sigemptyset sigfillset siggetmask
siginterrupt sigismember siglongjmp signal signbit significand sigpending sigprocmask sigqueue sigreturn sigsetmask
sigstack sigsuspend sigtimedwait sigwait sigwaitinfo sin sinh sinpi sleep snprintf sprintf sqrt srand srand48
srand48_r srandom srandom_r sscanf ssignal stderr stdin stdout stpcpy stpncpy strcasecmp strcasecmp_l strcat strchr
strcmp strcoll strcoll_l strcpy strcspn strdup strerror strerror_l strerror_r strfromd strfromf strfroml strftime
strftime_l strlen strncasecmp strncasecmp_l strncat strncmp strncpy strndup strnlen strpbrk strrchr strsep
strsignal strspn strstr strtod strtof strtoimax strtok strtok_r strtol strtold strtoq strtoul strtoumax strtouq
strxfrm strxfrm_l swprintf swscanf symlink symlinkat sync syscall sysconf system tan tanh tanpi tcgetpgrp tcsetpgrp
tempnam tgamma thrd_create time timegm timelocal timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timespec_get timespec_getres tmpfile tmpnam tmpnam_r toascii tolower tolower_l totalorder
totalordermag toupper toupper_l towctrans towctrans_l towlower towlower_l towupper towupper_l trunc truncate
ttyname ttyname_r ttyslot tzset ualarm ufromfp ufromfpx ungetc ungetwc unlink unlinkat unreachable unsetenv
uselocale usleep va_arg va_copy va_end va_start valloc vdprintf vfork vfprintf vfscanf vfwprintf vfwscanf vhangup
vprintf vscanf vsnprintf vsprintf vsscanf vswprintf vswscanf vwprintf vwscanf wcpcpy wcpncpy wcrtomb wcscasecmp
wcscasecmp_l wcscat wcschr wcscmp wcscoll wcscoll_l wcscpy wcscspn wcsdup wcsftime wcslen wcsncasecmp wcsncasecmp_l
wcsncat wcsncmp wcsncpy wcsnlen wcsnrtombs wcspbrk wcsrchr wcsrtombs wcsspn wcsstr wcstod wcstof wcstoimax wcstok
wcstol wcstold wcstombs wcstoul wcstoumax wcsxfrm wcsxfrm_l wctob wctomb wctrans wctrans_l wctype wctype_l wmemchr
wmemcmp wmemcpy wmemmove wmemset wprintf write wscanf y0 y1 yn
""")
_LIBRARY_FAMILIES = re.compile(r"(pthread|atomic|sem|mtx|cnd|thrd|tss)_\w+|u?int(_least|_fast)?\d+_t|u?int(max|ptr)_t")
_SUFFIX = re.compile(r"(f16|f32|f64|f128|f32x|f64x|d32|d64|d128|f|l)$")


def refuse_name(name: str) -> None:
    """Refuse what is no name for a C function.

    Raises
    ------
    ValueError
        Where it is none, says what it is.
    """
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name, re.ASCII):
        raise ValueError(f"to_c: {name!r} is no name for a C function: it takes letters, digits and underscores")
    taken = _taken(name)
    if taken:
        raise ValueError(f"to_c: {name!r} is no name for a C function: it is {taken}; choose another")


def _taken(name: str) -> str | None:
    if name in KEYWORDS:
        return "a keyword of C" if name != "main" else "where a program begins"
    if name in _OF_CPP:
        return "a keyword of C++"
    if name in _MACROS or _FAMILIES.fullmatch(name):
        return "a macro of C's headers"
    if name in _LIBRARY or _LIBRARY_FAMILIES.fullmatch(name) or _SUFFIX.sub("", name) in _LIBRARY:
        return "a name of the C library"
    if re.match(r"_|ad_|adf_", name) or "__" in name:
        return "one of those that compilers and the generated code keep for themselves"
    return None
