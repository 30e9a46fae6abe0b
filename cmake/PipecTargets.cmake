# One static library a folder, with only the links that it declares; one test program a folder.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(PIPEC_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
add_library(pipec_options INTERFACE)
target_compile_options(pipec_options INTERFACE -Wall -Wextra -Werror -Wswitch -Wno-attributes
                       -Wno-restrict)  # GCC 12 warns of "literal" + std::string (its PR105329)
if(PIPEC_SANITIZE)
  target_compile_options(pipec_options INTERFACE -fsanitize=${PIPEC_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(pipec_options INTERFACE -fsanitize=${PIPEC_SANITIZE})
endif()

# pipec_folder(NAME [LINKS target...]): every .cpp of the current folder, includes spelled "folder/file.h".
function(pipec_folder name)
  cmake_parse_arguments(arg "" "" "LINKS;PRIVATE_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(pipec_${name} STATIC ${sources})
    target_include_directories(pipec_${name} PUBLIC ${PROJECT_SOURCE_DIR}/compiler)
    target_link_libraries(pipec_${name} PUBLIC pipec_options ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  else()
    add_library(pipec_${name} INTERFACE)
    target_include_directories(pipec_${name} INTERFACE ${PROJECT_SOURCE_DIR}/compiler)
    target_link_libraries(pipec_${name} INTERFACE pipec_options ${arg_LINKS})
  endif()
endfunction()

# pipec_test(NAME LABEL fast [LINKS target...]): every .cpp of the current folder, run by ctest as one test.
function(pipec_test name)
  cmake_parse_arguments(arg "" "LABEL" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE pipec_catch_main ${arg_LINKS})
  target_compile_definitions(${name} PRIVATE PIPEC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL})
endfunction()
