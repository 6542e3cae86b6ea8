"""A plugin of pytest's, and an import of the programs': from here on `import autograd` finds this library."""

import autodiff_core.autograd

autodiff_core.autograd.install()
