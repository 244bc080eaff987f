/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the manifest that a program carries, as Windows finds it there: manifest.exe PROGRAM */
#include <stdio.h>
#include <windows.h>

int main(int argc, char **argv)
{
    HMODULE program = argc == 2 ? LoadLibraryExA(argv[1], NULL, LOAD_LIBRARY_AS_DATAFILE) : NULL;
    HRSRC place = program != NULL ? FindResourceW(program, MAKEINTRESOURCEW(1), MAKEINTRESOURCEW(24)) : NULL;
    HGLOBAL manifest = place != NULL ? LoadResource(program, place) : NULL;

    if (manifest == NULL)
        return 1;
    (void)fwrite(LockResource(manifest), 1, SizeofResource(program, place), stdout);
    return 0;
}
