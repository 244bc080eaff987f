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

# c8d_arrows(<output variable> SOURCE <file.c> OBJECTS <target> MACHINES <C files> DEFINITIONS <definitions>)
# Builds a program for the machine that builds, runs it and appends the tables that it writes to the variable.
function(c8d_arrows out)
    cmake_parse_arguments(arg "" "SOURCE;OBJECTS" "MACHINES;DEFINITIONS" ${ARGN})
    set(arrows "${CMAKE_CURRENT_BINARY_DIR}/arrows.c")
    if(CMAKE_CROSSCOMPILING)
        find_program(C8D_HOST_CC NAMES cc gcc clang REQUIRED DOC "Compiles what runs while building")
        set(program "${CMAKE_CURRENT_BINARY_DIR}/make_arrows")
        list(TRANSFORM arg_DEFINITIONS PREPEND -D)
        add_custom_command(
            OUTPUT "${program}"
            COMMAND "${C8D_HOST_CC}" -std=c11 -w ${arg_DEFINITIONS} -I "${CMAKE_CURRENT_SOURCE_DIR}"
                    -I "${CMAKE_CURRENT_SOURCE_DIR}/include" -I "${CMAKE_CURRENT_SOURCE_DIR}/rl"
                    "${CMAKE_CURRENT_SOURCE_DIR}/${arg_SOURCE}" ${arg_MACHINES} -o "${program}"
            DEPENDS "${arg_SOURCE}" ${arg_MACHINES} machines.h effects.h include/c8d/states.h include/c8d/symbols.h
            COMMENT "Machines, compiled for this host"
            VERBATIM)
    else()
        set(program make_arrows)
        add_executable(make_arrows EXCLUDE_FROM_ALL "${arg_SOURCE}" $<TARGET_OBJECTS:${arg_OBJECTS}>)
        target_compile_definitions(make_arrows PRIVATE ${arg_DEFINITIONS})
        target_include_directories(make_arrows PRIVATE include "${CMAKE_CURRENT_SOURCE_DIR}")
        c8d_compile_options(make_arrows)
    endif()
    add_custom_command(
        OUTPUT "${arrows}"
        COMMAND "${program}" > "${arrows}"
        DEPENDS "${program}"
        COMMENT "Arrows of the machines"
        VERBATIM)
    set(${out} ${${out}} "${arrows}" PARENT_SCOPE)
endfunction()
