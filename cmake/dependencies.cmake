# Every outside library, found once, under the name its modules link.
find_package(Threads REQUIRED)
include(json)
if(INTERNEG_TESTS AND INTERNEG_ENGINE_IO)
  find_package(GTest REQUIRED)
elseif(INTERNEG_TESTS)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    message(STATUS "the core's tests are not built: GoogleTest is missing")
    set(INTERNEG_TESTS OFF)
  endif()
endif()

if(INTERNEG_COMPONENTS STREQUAL "all")
  include(torch)
endif()

# What the gRPC-free libraries of server and worker need, and their tests.
if(INTERNEG_ENGINE_IO)
  find_package(absl CONFIG REQUIRED)
  find_package(fmt CONFIG REQUIRED)
  find_package(OpenSSL REQUIRED)
endif()

if(NOT INTERNEG_ENGINE_IO OR NOT INTERNEG_COMPONENTS STREQUAL "all")
  return()
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(libav REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil)
pkg_check_modules(libswscale REQUIRED IMPORTED_TARGET libswscale)  # the benchmark's other side
find_package(OpenImageIO CONFIG QUIET REQUIRED)
# Debian keeps OpenCVConfig.cmake in libopencv-dev, which brings every module with it; three libraries are all that is used.
find_path(INTERNEG_OPENCV_INCLUDE opencv2/imgproc.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(module core imgproc video)
  find_library(INTERNEG_OPENCV_${module} opencv_${module} REQUIRED)
  add_library(opencv_${module} SHARED IMPORTED GLOBAL)
  set_target_properties(opencv_${module} PROPERTIES IMPORTED_LOCATION "${INTERNEG_OPENCV_${module}}"
    INTERFACE_INCLUDE_DIRECTORIES "${INTERNEG_OPENCV_INCLUDE}")
endforeach()
target_link_libraries(opencv_imgproc INTERFACE opencv_core)
target_link_libraries(opencv_video INTERFACE opencv_imgproc)

find_package(CLI11 CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)

# Debian installs OpenColorIO's CMake files under share/cmake, from where they compute a wrong include folder.
find_package(OpenColorIO CONFIG REQUIRED HINTS /usr/share/cmake)
find_path(INTERNEG_OCIO_INCLUDE OpenColorIO/OpenColorIO.h REQUIRED)
set_target_properties(OpenColorIO::OpenColorIO PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${INTERNEG_OCIO_INCLUDE}")

# Module mode before gRPC: its own configuration expects the protobuf targets to stand already.
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(libpqxx REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)

# Only interneg-onnx-export: without it everything else is built, and says so when a model is to become ONNX. Debian's own
# ONNXConfig.cmake names libraries that no package has.
find_path(INTERNEG_ONNX_INCLUDE onnx/onnx_pb.h)
find_library(INTERNEG_ONNX_LIBRARY onnx)
find_library(INTERNEG_ONNX_PROTO_LIBRARY onnx_proto)
if(INTERNEG_ONNX_INCLUDE AND INTERNEG_ONNX_LIBRARY AND INTERNEG_ONNX_PROTO_LIBRARY)
  add_library(interneg_onnx INTERFACE)
  target_include_directories(interneg_onnx SYSTEM INTERFACE "${INTERNEG_ONNX_INCLUDE}")
  target_compile_definitions(interneg_onnx INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
  target_link_libraries(interneg_onnx INTERFACE
    "${INTERNEG_ONNX_LIBRARY}" "${INTERNEG_ONNX_PROTO_LIBRARY}" protobuf::libprotobuf)
else()
  message(STATUS "interneg-onnx-export is not built: libonnx-dev is missing")
endif()

file(WRITE "${CMAKE_BINARY_DIR}/precompiled/grpc.cc" "")
add_library(interneg_precompiled_grpc STATIC "${CMAKE_BINARY_DIR}/precompiled/grpc.cc")
target_link_libraries(interneg_precompiled_grpc PUBLIC gRPC::grpc++ PRIVATE interneg_warnings interneg_sanitizers)
target_precompile_headers(interneg_precompiled_grpc PRIVATE <grpcpp/grpcpp.h>)
