# SPDX-License-Identifier: Apache-2.0
# gyre_room(NAME FOLDER SOURCES ... [LIBRARIES ...] [TEST_SOURCES ...] [TEST_LIBRARIES ...])
#
# One static library `gyre_<NAME>` per room, and its unit tests as one program `<NAME>_test`. What the room may include
# is read from cmake/rooms.txt: its include path is a folder of links to just those rooms, so a wrong include does not
# compile. Room libraries are linked from the same table.

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/rooms.txt GYRE_ROOM_LINES REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/rooms.txt)

set(GYRE_ALL_ROOMS "")
foreach(line IN LISTS GYRE_ROOM_LINES)
  string(REPLACE "|" ";" columns "${line}")
  list(GET columns 0 room)
  list(GET columns 1 allowed)
  string(STRIP "${room}" room)
  string(STRIP "${allowed}" allowed)
  separate_arguments(allowed)
  set(GYRE_ALLOWED_${room} "${allowed}")
  list(APPEND GYRE_ALL_ROOMS ${room})
endforeach()

# core/base -> gyre_core_base; global-tables -> gyre_global_tables
function(gyre_room_target folder result)
  string(REGEX REPLACE "[/-]" "_" name "${folder}")
  set(${result} gyre_${name} PARENT_SCOPE)
endfunction()

# Makes the include view of a room and answers its path.
function(gyre_include_view folder result)
  set(view ${CMAKE_BINARY_DIR}/include_view/${folder})
  file(REMOVE_RECURSE ${view})
  foreach(room IN LISTS GYRE_ALLOWED_${folder} ITEMS ${folder})
    if(room STREQUAL "schemas")
      file(MAKE_DIRECTORY ${view})
      file(CREATE_LINK ${CMAKE_BINARY_DIR}/schemas ${view}/schemas SYMBOLIC)
      continue()
    endif()
    # Headers are linked one by one: a room's folder may hold another room (streams, streams/transport).
    file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${room}/*.h)
    foreach(header IN LISTS headers)
      if(room STREQUAL "streams" AND header MATCHES "^streams/transport/")
        continue()
      endif()
      get_filename_component(parent ${view}/${header} DIRECTORY)
      file(MAKE_DIRECTORY ${parent})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${header} ${view}/${header} SYMBOLIC)
    endforeach()
  endforeach()
  set(${result} ${view} PARENT_SCOPE)
endfunction()

function(gyre_room folder)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LIBRARIES;TEST_SOURCES;TEST_LIBRARIES;TEST_ROOMS" ${ARGN})
  gyre_room_target(${folder} target)
  gyre_include_view(${folder} view)
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} BEFORE PRIVATE ${view})
  target_link_libraries(${target} PRIVATE ${ROOM_LIBRARIES} fmt::fmt Threads::Threads)
  foreach(room IN LISTS GYRE_ALLOWED_${folder})
    gyre_room_target(${room} dependency)
    target_link_libraries(${target} PRIVATE ${dependency})
  endforeach()
  if(ROOM_TEST_SOURCES)
    string(REGEX REPLACE "[/-]" "_" name "${folder}")
    add_executable(${name}_test ${ROOM_TEST_SOURCES})
    # Tests stand beside the code, and see what the room sees.
    target_include_directories(${name}_test BEFORE PRIVATE ${view})
    target_link_libraries(${name}_test PRIVATE ${target} ${ROOM_LIBRARIES} ${ROOM_TEST_LIBRARIES} fmt::fmt
                          GTest::gmock_main)
    foreach(room IN LISTS GYRE_ALLOWED_${folder})
      gyre_room_target(${room} dependency)
      target_link_libraries(${name}_test PRIVATE ${dependency})
    endforeach()
    gtest_discover_tests(${name}_test TEST_PREFIX "${folder}/" DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
  endif()
endfunction()
