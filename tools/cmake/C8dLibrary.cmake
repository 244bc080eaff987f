# SPDX-License-Identifier: Apache-2.0
# Libraries are made from object libraries, so that the archive and the shared library hold the same code, and libc8d holds the
# model's without a second compilation.
#
# c8d_library(<target> EXPORT <name> HEADERS <directories> OBJECTS <targets> [LINK <libraries>] [NEEDS <libraries>] [ARCHIVE_ONLY])
#   makes the archive <target>, exported as c8d::<name>-static, and with C8D_SHARED the shared library <target>-shared,
#   exported as c8d::<name>. LINK: libraries of ours that it stands on; NEEDS: those of others. ARCHIVE_ONLY: no shared one.

# Before 1.0 a minor version may break the interface, so a program must not get the library of another one.
set(C8D_SOVERSION ${PROJECT_VERSION_MAJOR})
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(C8D_SOVERSION 0.${PROJECT_VERSION_MINOR})
endif()

function(c8d_library target)
    cmake_parse_arguments(arg "ARCHIVE_ONLY" "EXPORT" "HEADERS;OBJECTS;LINK;NEEDS" ${ARGN})
    set(objects "")
    foreach(object IN LISTS arg_OBJECTS)
        list(APPEND objects $<TARGET_OBJECTS:${object}>)
    endforeach()

    add_library(${target} STATIC ${objects})
    target_link_libraries(${target} PUBLIC ${arg_LINK} ${arg_NEEDS})
    c8d_public_headers(${target} ${arg_HEADERS})
    c8d_instrument(${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${arg_EXPORT}-static)
    add_library(c8d::${arg_EXPORT} ALIAS ${target})
    install(TARGETS ${target} EXPORT c8d-targets ARCHIVE COMPONENT development)

    if(C8D_SHARED AND NOT arg_ARCHIVE_ONLY)
        list(TRANSFORM arg_LINK APPEND -shared)
        add_library(${target}-shared SHARED ${objects})
        target_link_libraries(${target}-shared PUBLIC ${arg_LINK} PRIVATE ${arg_NEEDS})
        target_link_options(${target}-shared PRIVATE -Wl,--no-undefined)
        c8d_public_headers(${target}-shared ${arg_HEADERS})
        set_target_properties(${target}-shared PROPERTIES
            OUTPUT_NAME ${target} EXPORT_NAME ${arg_EXPORT}
            VERSION ${PROJECT_VERSION} SOVERSION ${C8D_SOVERSION})
        install(TARGETS ${target}-shared EXPORT c8d-targets
            LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
    endif()
endfunction()

function(c8d_public_headers target)
    foreach(directory IN LISTS ARGN)
        target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${directory}>)
    endforeach()
    target_include_directories(${target} PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

# c8d_soname(<variable> <library>...): the name that programs linked to the first of these libraries load it by.
function(c8d_soname variable library)
    execute_process(COMMAND ${CMAKE_READELF} -d "${library}" OUTPUT_VARIABLE dynamic)
    if(NOT dynamic MATCHES "\\(SONAME\\)[^\n]*\\[([^]\n]+)\\]")
        message(FATAL_ERROR "${library}: no shared library with a soname")
    endif()
    set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()
