"""Every threat of docs/security.md has tests, by name: none is without, none goes unseen.

A test that is renamed is renamed here; one that is deleted needs another in its place.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

TESTS = Path(settings.BASE_DIR) / "tests"
PAGE = Path(settings.BASE_DIR) / "docs" / "security.md"
ACCESS, RACES = "security/test_access.py", "races/test_crowd.py"
GUESSING = "annotation/views/test_guessing.py"
# Of each row of the page: the files and what is tested there.
ROWS: dict[int, dict[str, tuple[str, ...]]] = {
    1: {
        RACES: ("test_killed_crowd_breaks_no_invariant",),
        "annotation/services/test_queue.py": (
            "test_two_people_get_different_items",
            "test_lease_is_taken_by_a_conditional_update",
        ),
    },
    2: {
        RACES: ("test_killed_crowd_breaks_no_invariant",),
        "annotation/services/test_labels.py": ("test_same_answer_sent_twice_is_one_label",),
        "annotation/views/test_queue.py": ("test_answer_sent_twice_is_one_label",),
    },
    3: {
        RACES: ("test_killed_crowd_breaks_no_invariant", "test_lost_answer_would_be_found"),
        "races/test_kills.py": ("test_web_server_killed_again_and_again_loses_no_answer",),
    },
    4: {
        "races/test_fail_points.py": (
            "test_fault_after_any_statement_leaves_all_or_nothing",
            "test_power_cut_after_any_statement_leaves_all_or_nothing",
        )
    },
    5: {
        RACES: ("test_killed_crowd_breaks_no_invariant",),
        "races/test_state_machine.py": ("test_invariants_hold_whatever_happens_in_whatever_order",),
        "races/test_bulk.py": (
            "test_groups_claimed_at_once_never_share_an_item_nor_overdraw",
        ),
    },
    6: {
        "annotation/services/test_labels.py": (
            "test_late_answer_fills_a_slot_that_is_still_free",
            "test_late_answer_to_a_slot_of_another_is_kept_as_extra",
        )
    },
    7: {
        "races/test_kills.py": ("test_worker_killed_again_and_again_redoes_its_round_once",),
        "selection/test_retraining.py": ("test_failed_round_says_so_and_labelling_goes_on",),
        "annotation/services/test_queue.py": (
            "test_dry_queue_falls_back_on_the_pool_far_from_the_audit_items",
        ),
    },
    8: {
        "races/test_kills.py": ("test_two_workers_never_publish_a_round_twice",),
        "races/test_workers.py": ("test_worker_frozen_and_resumed_cannot_publish",),
    },
    9: {
        "security/test_faults.py": (
            "test_answer_the_disk_refuses_is_503_with_the_reason_and_half_of_nothing",
            "test_refusals_of_the_disk_are_told_from_faults",
        ),
        "test_health.py": ("test_database_that_cannot_be_written_stops_pages",),
        "selection/test_feature_store_damage.py": (
            "test_full_disk_is_a_clear_error_and_loses_nothing",
        ),
    },
    10: {"annotation/test_seating.py": ("test_leases_go_by_the_clock_of_the_database",)},
    11: {
        "annotation/services/test_import_interrupted.py": (
            "test_items_staged_by_a_killed_attempt_are_unseen_and_made_anew",
            "test_attempt_killed_after_publishing_finds_its_report",
        ),
        "annotation/services/test_imports.py": (
            "test_second_import_of_the_same_file_adds_nothing",
        ),
    },
    12: {
        "test_backups.py": (
            "test_backup_while_people_label_holds_every_label_acknowledged_before",
            "test_alapp_runs_on_what_was_restored",
        )
    },
    13: {
        "security/test_faults.py": (
            "test_what_was_labelled_before_an_upgrade_is_the_same_after_it",
        ),
        "annotation/test_append_only.py": ("test_entries_of_before_get_the_names_they_can",),
    },
    14: {
        ACCESS: (
            "test_whoever_may_not_be_somewhere_finds_nothing_there",
            "test_no_refused_verb_is_all_there_is",
            "test_whoever_may_be_somewhere_is_let_in",
            "test_ids_of_another_project_lead_nowhere",
            "test_refusals_say_in_the_log_who_asked_for_what",
        )
    },
    15: {
        ACCESS: ("test_annotator_learns_neither_what_is_known_nor_what_others_said",),
        "annotation/views/test_queue.py": ("test_purpose_is_never_in_the_page",),
        "security/test_faults.py": ("test_the_models_guess_is_on_no_page_before_the_answer",),
    },
    16: {
        "api/test_requests.py": (
            "test_query_keys_that_are_not_listed_get_one_constant_answer_everywhere",
        )
    },
    17: {
        "api/test_requests.py": (
            "test_field_that_is_not_on_the_list_is_an_error_and_changes_nothing",
            "test_no_body_takes_a_field_that_is_not_on_its_list",
        )
    },
    18: {
        "browser/test_hostile.py": (
            "test_hostile_words_are_shown_as_text_everywhere",
            "test_hostile_file_names_and_metadata_reach_no_page",
        ),
        "browser/test_every_page.py": (
            "test_policy_allows_nothing_inline",
            "test_hostile_words_in_any_field_run_on_no_page",
            "test_every_field_of_text_is_known_to_be_said_or_our_own",
            "test_no_page_asks_another_host_or_has_inline_style",
        ),
    },
    19: {
        "security/test_uploads.py": (
            "test_what_is_no_picture_by_its_content_is_refused",
            "test_of_a_picture_that_is_something_else_too_only_pixels_are_kept",
            "test_files_of_items_are_never_served_as_anything_that_runs",
        ),
        "annotation/test_images.py": ("test_turned_photo_is_set_upright_and_its_metadata_dropped",),
    },
    20: {
        "security/test_uploads.py": (
            "test_bomb_is_refused_within_a_second_and_200_megabytes",
        ),
        "annotation/services/test_import_faults.py": (
            "test_zip_bomb_is_refused_at_once",
            "test_archive_of_archives_imports_nothing",
        ),
        "annotation/test_images.py": ("test_too_many_pixels_are_refused_by_the_header",),
    },
    21: {
        "annotation/formats/test_archives.py": (
            "test_name_is_a_plain_relative_path_or_refused",
            "test_hostile_names_in_an_archive_are_refused_and_the_others_read",
            "test_name_with_a_nul_is_refused_though_zipfile_would_cut_it",
        ),
        "annotation/services/test_import_pictures.py": (
            "test_images_are_stored_under_names_of_ours_with_thumbnails",
        ),
    },
    22: {
        "annotation/webhooks/test_addresses.py": (
            "test_address_that_is_not_public_is_refused",
            "test_wrong_address_is_refused_with_its_reason",
        ),
        "annotation/webhooks/test_transport.py": (
            "test_however_this_machine_is_written_nothing_is_sent_to_it",
            "test_name_that_leads_inside_is_refused_and_the_address_is_not_told",
            "test_name_that_changes_its_mind_gains_nothing",
            "test_redirect_is_not_followed",
        ),
    },
    23: {
        "annotation/formats/test_spreadsheet.py": (
            "test_text_that_could_be_a_formula_is_made_text",
        ),
        "selection/test_finishing.py": ("test_csv_holds_the_same_and_no_formula",),
        "annotation/views/test_auditing.py": ("test_table_is_safe_for_spreadsheets",),
    },
    24: {
        ACCESS: (
            "test_nobody_passes_without_a_token",
            "test_verbs_no_page_knows_are_refused",
            "test_looking_changes_nothing",
        )
    },
    25: {
        GUESSING: (
            "test_five_wrong_tries_pause_this_name_here_and_nobody_else",
            "test_pause_is_over_after_a_quarter_of_an_hour",
            "test_made_up_address_does_not_go_round_the_pause",
        ),
        "annotation/test_sign_ins.py": (
            "test_failed_tries_are_written_down_and_who_is_locked_out_once",
        ),
        "api/test_tokens.py": (
            "test_wrong_tokens_are_slowed_down_by_address_and_others_are_not",
        ),
    },
    26: {
        GUESSING: (
            "test_wrong_name_and_wrong_password_get_the_same_answer",
            "test_every_name_costs_one_hashing",
            "test_forgotten_password_gives_the_same_answer_and_work_for_every_address",
            "test_sign_up_is_closed",
        ),
        "annotation/views/test_invitations.py": (
            "test_every_link_that_does_not_work_gets_the_same_answer",
        ),
    },
    27: {
        GUESSING: (
            "test_copied_cookie_is_dead_after_a_new_password",
            "test_copied_cookie_is_dead_after_signing_out",
            "test_copied_cookie_is_dead_after_the_account_is_closed_and_opened_again",
            "test_copied_cookie_is_dead_after_signing_out_everywhere",
        ),
        "api/test_tokens.py": ("test_token_is_dead_after",),
    },
    28: {
        "api/test_tokens.py": (
            "test_only_the_hash_of_a_token_is_kept",
            "test_token_is_dead_after",
            "test_token_may_only_what_it_was_made_for",
            "test_pages_make_a_token_show_it_once_and_revoke_it",
        )
    },
    29: {
        "security/test_faults.py": (
            "test_model_file_that_would_run_code_is_not_loaded",
            "test_model_file_that_was_exchanged_is_refused_by_its_digest",
            "test_no_code_unpickles_anything",
        )
    },
    30: {
        "security/test_errors_tell_nothing.py": (
            "test_page_and_log_of_a_fault_hold_no_secret",
            "test_password_of_a_failed_sign_in_is_in_no_log",
            "test_link_that_signs_in_stands_in_the_log_without_its_token",
        )
    },
    31: {
        "annotation/services/exports/test_run.py": (
            "test_of_twenty_exports_one_is_made_at_a_time_behind_everything_else",
            "test_one_person_has_one_open_export_of_a_project",
        )
    },
    32: {
        "security/test_log_is_complete.py": ("test_whoever_acts_is_written_down",),
        "annotation/test_append_only.py": (
            "test_entry_of_the_audit_log_is_neither_changed_nor_deleted",
            "test_label_is_not_changed",
            "test_label_is_not_deleted",
            "test_entries_outlive_project_and_account",
        )
    },
    33: {
        "annotation/quality/test_consensus.py": ("test_random_answerers_cost_at_most_a_point",),
        "annotation/services/test_reliability.py": (
            "test_who_answers_at_random_is_left_out_by_rule_and_a_lead_has_the_last_word",
            "test_left_out_answers_count_for_nothing_are_asked_anew_and_come_back",
        ),
    },
    34: {"security/test_faults.py": ("test_who_copies_the_model_is_told_by_known_answers",)},
    35: {
        "security/test_refusing_to_start.py": (
            "test_each_danger_is_named",
            "test_nothing_starts_with_a_bad_setting",
        ),
        "test_server.py": ("test_production_settings_leave_django_nothing_to_warn_of",),
    },
}  # fmt: skip


@cache
def names_in(name: str) -> frozenset[str]:
    path = TESTS / name
    tree = ast.parse(path.read_text()) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", sorted(ROWS))
def test_row_has_its_tests(row):
    missing = [
        f"{name}::{each}"
        for name, names in ROWS[row].items()
        for each in names
        if each not in names_in(name)
    ]

    assert ROWS[row]
    assert missing == []


def test_page_and_tests_speak_of_the_same_rows():
    rows = {int(number) for number in re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)}

    assert rows == set(ROWS)


def test_missing_test_is_found_out():
    assert "test_that_is_not_there" not in names_in("security/test_rows.py")
    assert names_in("security/no_such_file.py") == frozenset()
