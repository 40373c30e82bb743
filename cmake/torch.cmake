# interneg_torch: LibTorch with its include folders, and interneg_precompiled_torch, its main header read once.
#
# A wheel of PyTorch, or LibTorch unpacked, has include, lib and share/cmake/Torch beside each other. Where it was made
# for CUDA, its own configuration wants a whole CUDA toolkit with nvcc even from who compiles C++ alone; the core needs
# nothing but the headers and the libraries, and takes these itself. Process groups stay out of that way: their headers
# need Gloo's, which wheels leave out.
function(_interneg_lone_torch_root out)
  find_file(INTERNEG_TORCH_CONFIG TorchConfig.cmake
    HINTS "${Torch_DIR}" PATHS ${CMAKE_PREFIX_PATH} ENV CMAKE_PREFIX_PATH
    PATH_SUFFIXES Torch cmake/Torch share/cmake/Torch NO_DEFAULT_PATH)
  set(${out} "" PARENT_SCOPE)
  if(NOT INTERNEG_TORCH_CONFIG)
    return()
  endif()
  get_filename_component(root "${INTERNEG_TORCH_CONFIG}/../../../.." ABSOLUTE)
  if(EXISTS "${root}/include/torch/csrc/api/include/torch/torch.h" AND EXISTS "${root}/lib/libtorch_cpu.so")
    set(${out} "${root}" PARENT_SCOPE)
  endif()
endfunction()

# Those of a device are called by nobody's name, only by what they register when they are loaded.
function(_interneg_link_lone_torch root)
  target_link_libraries(interneg_torch INTERFACE "-Wl,--no-as-needed")
  foreach(name torch torch_cpu torch_cuda torch_hip c10 c10_cuda c10_hip)
    if(EXISTS "${root}/lib/lib${name}.so")
      target_link_libraries(interneg_torch INTERFACE "${root}/lib/lib${name}.so")
    endif()
  endforeach()
  # What these need in turn lies where only they know (the wheels of NVIDIA).
  target_link_libraries(interneg_torch INTERFACE "-Wl,--as-needed" "-Wl,--allow-shlib-undefined" Threads::Threads)
  target_include_directories(interneg_torch SYSTEM INTERFACE
    "${root}/include" "${root}/include/torch/csrc/api/include")
endfunction()

add_library(interneg_torch INTERFACE)
set(interneg_torch_root "")
if(NOT INTERNEG_ENGINE_IO)
  _interneg_lone_torch_root(interneg_torch_root)
endif()
if(interneg_torch_root)
  _interneg_link_lone_torch("${interneg_torch_root}")
  file(STRINGS "${INTERNEG_TORCH_CONFIG}" interneg_torch_flags REGEX "_GLIBCXX_USE_CXX11_ABI=[01]")
  string(REGEX MATCH "-D_GLIBCXX_USE_CXX11_ABI=[01]" interneg_torch_flags "${interneg_torch_flags}")
  message(STATUS "LibTorch: headers and libraries of ${interneg_torch_root} ${interneg_torch_flags}")
else()
  # Debian's Torch configuration sets no imported target with include folders of its own; this one carries them.
  find_package(Torch REQUIRED)
  target_link_libraries(interneg_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(interneg_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  separate_arguments(interneg_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
endif()
target_compile_options(interneg_torch INTERFACE ${interneg_torch_flags})
# at::parallel_for is a template: without OpenMP where it is called it runs on one thread, and says nothing.
find_package(OpenMP REQUIRED COMPONENTS CXX)
target_link_libraries(interneg_torch INTERFACE OpenMP::OpenMP_CXX)
if(TARGET torch_cuda OR (interneg_torch_root AND EXISTS "${interneg_torch_root}/lib/libtorch_cuda.so"))
  # What only a LibTorch of CUDA's can link; its headers are there in every build. CUDA's own may be the toolkit's, or
  # those of a wheel (CUDA_INCLUDE).
  target_compile_definitions(interneg_torch INTERFACE INTERNEG_TORCH_CUDA)
  find_path(INTERNEG_CUDA_INCLUDE cuda_runtime_api.h
    HINTS "${interneg_torch_root}/../nvidia/cuda_runtime/include" "${interneg_torch_root}/../nvidia/cu13/include"
          /usr/local/cuda/include)
  if(INTERNEG_CUDA_INCLUDE)
    target_include_directories(interneg_torch SYSTEM INTERFACE "${INTERNEG_CUDA_INCLUDE}")
  endif()
endif()
if(NOT INTERNEG_ENGINE_IO)
  # A wheel may have the standard library's older strings: then they are those of every module.
  add_compile_options(${interneg_torch_flags})
endif()

# Parsing torch/torch.h costs about 15 s a file; every LibTorch module reuses this one precompiled form.
file(WRITE "${CMAKE_BINARY_DIR}/precompiled/torch.cc" "")
add_library(interneg_precompiled_torch STATIC "${CMAKE_BINARY_DIR}/precompiled/torch.cc")
target_link_libraries(interneg_precompiled_torch PUBLIC interneg_torch PRIVATE interneg_warnings interneg_sanitizers)
target_precompile_headers(interneg_precompiled_torch PRIVATE <torch/torch.h>)
