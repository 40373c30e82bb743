# Compiles through ccache where it is installed. Precompiled headers need the two sloppiness settings; without the
# hashed working directory, several build folders of one checkout share their results.
find_program(INTERNEG_CCACHE ccache)
if(INTERNEG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1
    "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "${INTERNEG_CCACHE}")
endif()
