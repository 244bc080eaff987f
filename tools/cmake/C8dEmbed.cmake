# SPDX-License-Identifier: Apache-2.0
# c8d_embed(<header> <symbol> <files...> [<symbol> <files...>]...)
# Writes a header with each symbol as a string: the files after it, joined. As a script (-P) it does the work.

if(CMAKE_SCRIPT_MODE_FILE)
    string(REPLACE "|" ";" WORDS "${WORDS}")
    set(text "/* Made by C8dEmbed.cmake. */\n")
    foreach(word IN LISTS WORDS)
        if(word MATCHES "^[a-z0-9_]+$")
            if(open)
                string(APPEND text "0};\n")
            endif()
            string(APPEND text "static const char ${word}[] = {")
            set(open ON)
        else()
            file(READ "${word}" bytes HEX)
            string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
            string(APPEND text "${bytes}")
        endif()
    endforeach()
    file(WRITE "${HEADER}" "${text}0};\n")
    return()
endif()

set(C8D_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(c8d_embed header)
    set(files "${ARGN}")
    list(FILTER files INCLUDE REGEX "/")
    string(REPLACE ";" "|" words "${ARGN}")
    add_custom_command(
        OUTPUT "${header}"
        COMMAND "${CMAKE_COMMAND}" "-DHEADER=${header}" "-DWORDS=${words}" -P "${C8D_EMBED_SCRIPT}"
        DEPENDS ${files} "${C8D_EMBED_SCRIPT}"
        COMMENT "Embedding the page"
        VERBATIM)
endfunction()
