# One INTERFACE target for sanitizers, empty when none is asked for.
add_library(interneg_sanitizers INTERFACE)
if(INTERNEG_SANITIZE)
  target_compile_options(interneg_sanitizers INTERFACE -fsanitize=${INTERNEG_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(interneg_sanitizers INTERFACE -fsanitize=${INTERNEG_SANITIZE})
  if(INTERNEG_SANITIZE MATCHES "undefined")
    target_compile_options(interneg_sanitizers INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
