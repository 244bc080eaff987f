# SPDX-License-Identifier: Apache-2.0
# What is installed beside the libraries: headers, pkg-config files and the CMake package.

include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/c8d")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/model/include/c8d" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT development FILES_MATCHING PATTERN "*.h")
set(not_installed "")
if(NOT C8D_REMOTE)
    foreach(header IN ITEMS remote runc runhcs supervisor)
        list(APPEND not_installed PATTERN "${header}.h" EXCLUDE)
    endforeach()
endif()
if(NOT C8D_LOCAL)
    list(APPEND not_installed PATTERN "local.h" EXCLUDE)
endif()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/adapters/include/c8d" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT development FILES_MATCHING PATTERN "*.h" ${not_installed})

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/c8d-config.cmake.in" "${PROJECT_BINARY_DIR}/c8d-config.cmake"
    INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/c8d-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/c8d-config.cmake" "${PROJECT_BINARY_DIR}/c8d-config-version.cmake"
    DESTINATION "${package}" COMPONENT development)
install(EXPORT c8d-targets NAMESPACE c8d:: DESTINATION "${package}" COMPONENT development)

# c8d_pkg_config(<name> DESCRIPTION <text> REQUIRES <modules> PRIVATE <libraries of others>)
function(c8d_pkg_config name)
    cmake_parse_arguments(pc "" "DESCRIPTION;REQUIRES;PRIVATE" "" ${ARGN})
    set(pc_name ${name})
    foreach(kind IN ITEMS INCLUDEDIR LIBDIR)
        # An absolute directory is taken as it is.
        if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
            set(pc_${kind} "${CMAKE_INSTALL_${kind}}")
        else()
            set(pc_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
        endif()
    endforeach()
    # With archives alone, whoever links them needs what they need.
    set(pc_ALSO "")
    if(NOT C8D_SHARED)
        set(pc_ALSO "${pc_PRIVATE}")
        set(pc_PRIVATE "")
    endif()
    set(template "${PROJECT_BINARY_DIR}/lib${name}.pc")
    set(module "${PROJECT_BINARY_DIR}/pkgconfig/lib${name}.pc")
    configure_file("${PROJECT_SOURCE_DIR}/tools/cmake/module.pc.in" "${template}" @ONLY)
    # The prefix may be given when it is installed.
    install(CODE "file(READ \"${template}\" text)
        string(REPLACE \"%PREFIX%\" \"\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
        file(WRITE \"${module}\" \"\${text}\")" COMPONENT development)
    install(FILES "${module}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)
endfunction()

c8d_pkg_config(c8d-model DESCRIPTION "The lifecycle of containers as state machines, without I/O")
c8d_pkg_config(c8d DESCRIPTION "${PROJECT_DESCRIPTION}" PRIVATE "-pthread")
if(C8D_REMOTE)
    list(TRANSFORM C8D_REMOTE_NEEDS PREPEND "-l" OUTPUT_VARIABLE needs)
    list(JOIN needs " " needs)
    c8d_pkg_config(c8d-remote DESCRIPTION "libc8d's containerd runtime" REQUIRES "libc8d = ${PROJECT_VERSION}"
        PRIVATE "${needs}")
endif()
if(C8D_LOCAL)
    c8d_pkg_config(c8d-local DESCRIPTION "libc8d's runtime of the Host Compute Service of Windows"
        REQUIRES "libc8d = ${PROJECT_VERSION}" PRIVATE "-ljansson")
endif()
