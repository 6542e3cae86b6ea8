# ndarray's methods and attributes on tensors: names in the type's dictionary, what they do in Python.
#
# A name is found as any other is, so looking up the other attributes of a tensor costs what it did: a `__getattr__`
# would take away the interpreter's short cuts for all of them. The function behind a name is asked for at its first
# use, since most programs use few of them.

cdef extern from "Python.h":
    object PyMethod_New(object function, object instance)
    void PyType_Modified(PyTypeObject* type)
    ctypedef struct TypeFields "PyTypeObject":
        PyObject* tp_dict

cdef object find_method = None


@cython.final
cdef class Method:
    """A method of tensors and variables by the name of one of ndarray's: a function that is found when it is first
    used."""
    cdef str name
    cdef object function

    def __get__(self, instance, owner):
        if self.function is None:
            self.function = find_method(self.name)
        return self.function if instance is None else PyMethod_New(self.function, instance)


@cython.final
cdef class Attribute:
    """An attribute of tensors and variables that a function computes, found when it is first used."""
    cdef str name
    cdef object function

    def __get__(self, instance, owner):
        if self.function is None:
            self.function = find_method(self.name)
        return self if instance is None else self.function(instance)

    def __set__(self, instance, value):
        raise AttributeError(f"the attribute {self.name!r} of a {type(instance).__name__} cannot be set")

    @property
    def __doc__(self):
        if self.function is None:
            self.function = find_method(self.name)
        return self.function.__doc__


def install_methods(methods, attributes, find):
    """Give tensors and variables methods and attributes by these names; `find` is asked for the function of a name."""
    global find_method
    cdef dict names = <dict>(<TypeFields*><PyObject*>Operand).tp_dict
    cdef Method method
    cdef Attribute attribute
    find_method = find
    for name in methods:
        method = Method.__new__(Method)
        method.name = name
        names[name] = method
    for name in attributes:
        attribute = Attribute.__new__(Attribute)
        attribute.name = name
        names[name] = attribute
    PyType_Modified(<PyTypeObject*>Operand)


def lent_view(ndarray array):
    """A view that calls itself writeable, for one who never writes but asks."""
    cdef ndarray view = array.view()
    PyArray_ENABLEFLAGS(view, NPY_ARRAY_WRITEABLE)
    return view


def capsule_version(capsule):
    """Of a DLPack capsule the version: 1, or 0 for all before that; -1 for what is none, or has been imported
    already."""
    return 1 if PyCapsule_IsValid(capsule, b"dltensor_versioned") else (0 if PyCapsule_IsValid(capsule, b"dltensor")
                                                                        else -1)
