# nlohmann_json::nlohmann_json: as its package tells, or headers alone, which are all there is to it: where they lie
# is said by -DCMAKE_INCLUDE_PATH=DIR.
find_package(nlohmann_json QUIET)
if(NOT TARGET nlohmann_json::nlohmann_json)
  find_path(INTERNEG_JSON_HEADERS nlohmann/json.hpp)
  if(NOT INTERNEG_JSON_HEADERS)
    message(FATAL_ERROR "nlohmann-json is missing: install nlohmann-json3-dev, or copy its folder of headers to this "
                        "machine and give the folder that holds it as -DCMAKE_INCLUDE_PATH=DIR")
  endif()
  add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED GLOBAL)
  target_include_directories(nlohmann_json::nlohmann_json SYSTEM INTERFACE "${INTERNEG_JSON_HEADERS}")
  message(STATUS "nlohmann-json: the headers in ${INTERNEG_JSON_HEADERS}")
endif()
