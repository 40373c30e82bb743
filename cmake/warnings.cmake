# One INTERFACE target for warnings; every module links it privately, generated code does not.
option(INTERNEG_WERROR "Treat warnings as errors" ON)
add_library(interneg_warnings INTERFACE)
target_compile_options(interneg_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${INTERNEG_WERROR}>:-Werror>
  # GCC 12 sees an overlap in `"text" + std::string` once it optimises (GCC bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
