# SPDX-License-Identifier: Apache-2.0
# gyre_room(FOLDER [THREADS] SOURCES ... [LIBRARIES ...] [TEST_SOURCES ...] [TEST_LIBRARIES ...])
#
# One static library per room (core/base: gyre_core_base), and its unit tests as one program (core_base_test). What the
# room may include is read from cmake/rooms.txt: its include path is a folder of links to just those rooms, so a wrong
# include does not compile. Room libraries are linked from the same table. THREADS: its tests run under ThreadSanitizer.
# ALONE names sources that GYRE_UNITY leaves alone, since what they name in private another of the room names too.

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
  set(GYRE_ALLOWED_${room} "")
  foreach(name IN LISTS allowed)
    if(name MATCHES "^(.+)[+]$")
      list(APPEND GYRE_ALLOWED_${room} ${CMAKE_MATCH_1} ${GYRE_ALLOWED_${CMAKE_MATCH_1}})
    else()
      list(APPEND GYRE_ALLOWED_${room} ${name})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES GYRE_ALLOWED_${room})
  list(APPEND GYRE_ALL_ROOMS ${room})
endforeach()

# core/base -> gyre_core_base; global-tables -> gyre_global_tables
function(gyre_room_target folder result)
  string(REGEX REPLACE "[/-]" "_" name "${folder}")
  set(${result} gyre_${name} PARENT_SCOPE)
endfunction()

# The innermost room that holds a file.
function(gyre_room_of file result)
  set(innermost "")
  foreach(room IN LISTS GYRE_ALL_ROOMS)
    string(FIND "${file}" "${room}/" at)
    string(LENGTH "${room}" length)
    string(LENGTH "${innermost}" longest)
    if(at EQUAL 0 AND length GREATER longest)
      set(innermost ${room})
    endif()
  endforeach()
  set(${result} "${innermost}" PARENT_SCOPE)
endfunction()

# Makes the include view of a room and answers its path.
function(gyre_include_view folder result)
  gyre_room_target(${folder} target)
  set(view ${CMAKE_BINARY_DIR}/include_view/${target})
  file(REMOVE_RECURSE ${view})
  set(allowed ${GYRE_ALLOWED_${folder}})
  if(allowed STREQUAL "*")
    set(allowed ${GYRE_ALL_ROOMS} schemas)
  endif()
  foreach(room IN LISTS allowed ITEMS ${folder})
    if(room STREQUAL "schemas")
      file(MAKE_DIRECTORY ${view})
      file(CREATE_LINK ${CMAKE_BINARY_DIR}/schemas ${view}/schemas SYMBOLIC)
      continue()
    endif()
    # Headers are linked one by one: a room's folder may hold other rooms (streams, streams/transport).
    file(GLOB_RECURSE headers RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${room}/*.h)
    foreach(header IN LISTS headers)
      gyre_room_of(${header} owner)
      if(NOT owner STREQUAL room)
        continue()
      endif()
      get_filename_component(parent ${view}/${header} DIRECTORY)
      file(MAKE_DIRECTORY ${parent})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${header} ${view}/${header} SYMBOLIC)
    endforeach()
  endforeach()
  set(${result} ${view} PARENT_SCOPE)
endfunction()

# Links the rooms that `folder` may include.
function(gyre_link_rooms target folder)
  set(allowed ${GYRE_ALLOWED_${folder}})
  if(allowed STREQUAL "*")
    set(allowed ${GYRE_ALL_ROOMS})
    list(REMOVE_ITEM allowed cli examples tests)
    list(REVERSE allowed)
    list(APPEND allowed schemas)
  endif()
  foreach(room IN LISTS allowed)
    gyre_room_target(${room} dependency)
    target_link_libraries(${target} PRIVATE ${dependency})
  endforeach()
endfunction()

# Programs that `./dev test` builds under each sanitizer.
add_custom_target(unit_tests)
add_custom_target(concurrency_tests)

# Adds a GoogleTest program to `unit_tests`; with THREADS also to `concurrency_tests`, which run under ThreadSanitizer.
function(gyre_register_test program prefix threads)
  add_dependencies(unit_tests ${program})
  # One label each: the lists that test discovery hands on lose their inner separators.
  set(label unit)
  if(threads)
    add_dependencies(concurrency_tests ${program})
    set(label concurrency)
  endif()
  gtest_discover_tests(${program} TEST_PREFIX "${prefix}/" DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 600 LABELS ${label})
endfunction()

function(gyre_room folder)
  cmake_parse_arguments(ROOM "THREADS" "" "SOURCES;ALONE;LIBRARIES;TEST_SOURCES;TEST_LIBRARIES" ${ARGN})
  gyre_room_target(${folder} target)
  gyre_include_view(${folder} view)
  add_library(${target} STATIC ${ROOM_SOURCES})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${GYRE_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  set_source_files_properties(${ROOM_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_include_directories(${target} BEFORE PRIVATE ${view})
  target_link_libraries(${target} PRIVATE ${ROOM_LIBRARIES} fmt::fmt Threads::Threads)
  gyre_link_rooms(${target} ${folder})
  if(ROOM_TEST_SOURCES)
    string(REGEX REPLACE "[/-]" "_" name "${folder}")
    add_executable(${name}_test ${ROOM_TEST_SOURCES})
    # Tests stand beside the code, and see what the room sees.
    target_include_directories(${name}_test BEFORE PRIVATE ${view})
    target_link_libraries(${name}_test PRIVATE ${target} ${ROOM_LIBRARIES} ${ROOM_TEST_LIBRARIES} fmt::fmt
                          GTest::gmock_main)
    gyre_link_rooms(${name}_test ${folder})
    gyre_register_test(${name}_test ${folder} ${ROOM_THREADS})
  endif()
endfunction()
