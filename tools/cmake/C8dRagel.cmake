# SPDX-License-Identifier: Apache-2.0
# c8d_ragel(<output variable> <file.rl> [DEPENDS <files>] [INCLUDE <directories>])
# Compiles one Ragel machine into the build tree and appends the C file to the variable.

find_program(RAGEL_EXECUTABLE ragel REQUIRED)

function(c8d_ragel out source)
    cmake_parse_arguments(arg "" "" "DEPENDS;INCLUDE" ${ARGN})
    get_filename_component(name "${source}" NAME_WE)
    set(generated "${CMAKE_CURRENT_BINARY_DIR}/${name}.rl.c")
    set(include_flags "")
    foreach(directory IN LISTS arg_INCLUDE)
        list(APPEND include_flags -I "${directory}")
    endforeach()
    add_custom_command(
        OUTPUT "${generated}"
        COMMAND "${RAGEL_EXECUTABLE}" -C -G2 ${include_flags} -o "${generated}" "${CMAKE_CURRENT_SOURCE_DIR}/${source}"
        DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${source}" ${arg_DEPENDS}
        COMMENT "Ragel ${source}"
        VERBATIM)
    # What a machine includes lies beside it, as for the C around it.
    get_filename_component(directory "${CMAKE_CURRENT_SOURCE_DIR}/${source}" DIRECTORY)
    set_source_files_properties("${generated}" PROPERTIES INCLUDE_DIRECTORIES "${directory}")
    # -G2 writes states that fall through into each other, on purpose; `write data` names more than a host needs.
    set_source_files_properties("${generated}" PROPERTIES
        COMPILE_OPTIONS "-Wno-implicit-fallthrough;-Wno-unused-const-variable;-Wno-unused-variable")
    set(${out} ${${out}} "${generated}" PARENT_SCOPE)
endfunction()
