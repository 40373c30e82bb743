# One INTERFACE target for warnings; every module links it privately, generated code does not.
option(INTERNEG_WERROR "Treat warnings as errors" ON)
add_library(interneg_warnings INTERFACE)
target_compile_options(interneg_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${INTERNEG_WERROR}>:-Werror>)
