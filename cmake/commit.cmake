# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE=FOLDER -DOUTPUT=FILE -P commit.cmake: writes the C++ file that says which commit this is. It is
# touched only if that changed. A tree of git is asked; in an archive, git wrote it to commit.txt.
set(id unknown)
set(date "")
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} --no-optional-locks describe --always --dirty --exclude=* --abbrev=12
                  WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE described ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND ${git} log -1 --format=%cs
                  WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE day ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(archived "${described} ${day}")
else()
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/commit.txt archived)
endif()
if(archived MATCHES "^([0-9a-f]+(-dirty)?) ([0-9]+-[0-9]+-[0-9]+)$")
  set(id ${CMAKE_MATCH_1})
  set(date ${CMAKE_MATCH_3})
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
// Made by cmake/commit.cmake.
#include "cli/commit.h"

gyre::cli::Commit gyre::cli::built_commit() {
  return {"@id@", "@date@"};
}
]] @ONLY)
