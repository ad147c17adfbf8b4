# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` and the .deb bring. All of it is built by the target `installed`.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the tests need not be built for an installation

# The program itself makes its manual page and completions, from the options that it takes.
set(manual ${CMAKE_BINARY_DIR}/manual)
set(manual_files ${manual}/gyre.1.gz ${manual}/gyre ${manual}/_gyre ${manual}/gyre.fish)
file(MAKE_DIRECTORY ${manual})
add_custom_command(OUTPUT ${manual_files}
  COMMAND gyre man > ${manual}/gyre.1
  COMMAND gzip -9nf ${manual}/gyre.1
  COMMAND gyre completion bash > ${manual}/gyre
  COMMAND gyre completion zsh > ${manual}/_gyre
  COMMAND gyre completion fish > ${manual}/gyre.fish
  DEPENDS gyre COMMENT "Writing the manual page and the completions" VERBATIM)
add_custom_target(installed ALL DEPENDS gyre ${manual_files})

install(TARGETS gyre RUNTIME)
install(FILES ${manual}/gyre.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${manual}/gyre DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${manual}/_gyre DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${manual}/gyre.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# What plugins are compiled against, and what other readers of the change streams need.
install(FILES consumers/plugin.h consumers/plugin_abi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gyre)
install(DIRECTORY schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/gyre FILES_MATCHING PATTERN *.capnp)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
  PATTERN node_modules EXCLUDE PATTERN CMakeLists.txt EXCLUDE PATTERN *_test.cc EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gyre)
set(CPACK_PACKAGE_VENDOR "The authors of Gyre")
set(CPACK_PACKAGE_CONTACT "The authors of Gyre <gyre@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "DynamoDB-compatible, multi-region database with a change log you can read")
set(CPACK_PACKAGE_DESCRIPTION "Gyre speaks the DynamoDB API to unmodified AWS SDKs and the
AWS CLI. It writes every change to an ordered log, by which regions replicate,
and which streams, plugins and the program's own commands read.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS awscli)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
