# SPDX-License-Identifier: Apache-2.0
# Warnings are errors, with gcc and clang alike; sanitizers and coverage by option.

function(c8d_compile_options target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Wstrict-prototypes -Wmissing-prototypes
        -Wimplicit-fallthrough -Werror)
    c8d_instrument(${target})
endfunction()

# For generated code, whose style is not ours.
function(c8d_instrument target)
    if(C8D_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${C8D_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(${target} PUBLIC -fsanitize=${C8D_SANITIZE})
    endif()
    if(C8D_COVERAGE)
        target_compile_options(${target} PRIVATE --coverage)
        target_link_options(${target} PUBLIC --coverage)
    endif()
endfunction()
