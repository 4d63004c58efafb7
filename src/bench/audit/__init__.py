"""What auditors and survey teams put beside the table: action plans, checklists, surveys, rules."""
