"""Keras 3 on this engine: what Keras looks for in its backend called "numpy", in modules of ours.

`import autodiff_core.keras_backend`, before `import keras`, puts a finder in front of Python's own (`finder`): Keras's
package `keras.src.backend.numpy` is then the module `exports`, and each of its modules the one of the same name here.

    finder      which names of Keras's lead here, and for which versions of it
    derived     Keras's own file of a module, run with our NumPy in the place of NumPy
    exports     what Keras's package of the backend has at its top
    core        control flow and updates of parts; and, for Keras to find them in one place, what follows
    variable    Keras's variable, around one of ours
    tensors     anything as a tensor, and tensors as arrays
    dtypes      Keras's names of dtypes, and how they promote
    shapes      what a function of shapes gives, for layers that are put together before there are values
    numpy  linalg  image      derived from Keras's files, and what those cannot say to our NumPy
    steps       what is carried through steps, as a loop of one record where that can be
    math  nn  random  rnn     the parts of the same names, on the public functions of the library
    layer  export             what Keras asks of a backend beside them
    trainer                   fit, evaluate and predict: one recorded function a step

Nothing of Keras's text is here: what is derived is read from the Keras that is installed, when it is imported.
"""

from .finder import install as _install

_install()
