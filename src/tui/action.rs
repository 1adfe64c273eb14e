//! The verbs of the workbench: what a key can do.

use serde::Deserialize;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Something the user can do. Each has its row in `assets/keymap.toml`, under its kebab-case name.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// Leave the program.
    Quit,
    /// Stop the process until the shell continues it.
    Suspend,
    /// Take the mouse, or give it back to the terminal.
    Mouse,
    /// Show the keys of where the user is.
    Help,
    /// List every action.
    Palette,
    /// Keep the case in another file.
    SaveTo,
    /// Show what two analysts decided differently, and copies that are not merged; or who has the case.
    Decisions,
    /// Take the other analyst's value, or merge the copy.
    TakeTheirs,
    /// Keep the case's value.
    KeepOurs,
    /// Only look at a case that another process has.
    ReadOnly,
    /// Work on a copy of it.
    WorkOnCopy,
    /// Take it over.
    TakeOver,
    /// Close the overlay.
    Close,
    /// Take what was typed in a prompt.
    Accept,
    /// Show the rows of the step under the cursor.
    OpenStep,
    /// Undo the nearest narrowing: a step's rows, the filter, the zoomed pane.
    Back,
    /// Next row.
    Next,
    /// Row before.
    Prev,
    /// A page of rows down.
    PageDown,
    /// A page of rows up.
    PageUp,
    /// First row.
    First,
    /// Last row.
    Last,
    /// Focus the next pane.
    NextPane,
    /// Focus the pane before.
    PrevPane,
    /// Give the focused pane the whole screen, or take it back.
    ZoomPane,
    /// Start or resume the hit's triage.
    OpenHit,
    /// Show the raw record of the timeline's row.
    OpenRecord,
    /// Show the record of the row after.
    NextRecord,
    /// Show the record of the row before.
    PrevRecord,
    /// Show the raw record of the next copy.
    NextCopy,
    /// Show the sources of the bundle, and the gaps in its data.
    Bundle,
    /// Take the hit out of its incident, or put it back.
    TakeOut,
    /// Ask the five plain questions.
    Guided,
    /// Show the facts of the incident, theft against the best innocent story, and the controls.
    Weigh,
    /// Go to the next mark of the map.
    NextMark,
    /// Go to the mark of the map before.
    PrevMark,
    /// Walk to the next step.
    NextStep,
    /// Walk to the step before.
    PrevStep,
    /// Walk to the step of the digit pressed: the place of the key among its keys.
    JumpToStep,
    /// Verdict: supports.
    Supports,
    /// Verdict: against.
    Against,
    /// Verdict: unknown.
    Unknown,
    /// Take the verdict back.
    ClearVerdict,
    /// Write a remark on the step.
    Remark,
    /// Open the disposition menu.
    Dispose,
    /// Disposition: true positive.
    TruePositive,
    /// Disposition: benign.
    Benign,
    /// Disposition: false positive.
    FalsePositive,
    /// Disposition: undetermined.
    Undetermined,
    /// Take the disposition back.
    ClearDisposition,
    /// Take the last thing said back.
    Undo,
    /// Bookmark the row, or take the bookmark back.
    Bookmark,
    /// Edit the tags of the row.
    Tags,
    /// Write a remark on the row.
    RemarkRow,
    /// Put a tag used before in the place of the word typed.
    Complete,
    /// List every marked event.
    Marks,
    /// Show what can be copied.
    Copy,
    /// Filter the hits.
    Filter,
    /// Choose a filter from the row or incident under the cursor.
    FilterMenu,
    /// Leave out what is under the cursor of the menu of filters.
    LeaveOut,
    /// Timeline: failed rows alone, or all again.
    FailedOnly,
    /// Timeline: rows from new addresses alone, or all again.
    NewOnly,
    /// Timeline: one side of the incident, or both again.
    OneSide,
    /// Take the last filter back.
    DropFilter,
    /// Take every filter back.
    ClearFilters,
    /// Sort the incidents by the next column.
    Sort,
    /// Turn their order round.
    TurnSort,
    /// Mark the row of the list for a verdict on several, or take its mark.
    MarkRow,
    /// Mark all rows from the last mark to the cursor.
    MarkRange,
    /// Search the timeline.
    Search,
    /// Go to the row found next.
    NextFound,
    /// Go to the row found before.
    PrevFound,
    /// Stop searching; the cursor stays.
    LeaveSearch,
    /// Timeline: a shorter time around the hit.
    ZoomIn,
    /// Timeline: a longer time around the hit.
    ZoomOut,
    /// Timeline: back to the hit.
    AroundHit,
    /// Timeline: everything of the user.
    AllOfUser,
    /// Timeline: time order, or lineage.
    ToggleLineage,
    /// Timeline: collapse runs of like rows, or show every row.
    #[serde(rename = "toggle-folds")]
    #[strum(serialize = "toggle-folds")]
    ToggleCollapsed,
    /// Timeline: collapse or open the run under the cursor.
    ToggleRun,
    /// Timeline: the rows found alone, or all rows.
    OnlyFound,
    /// Timeline: to where activity begins again.
    NextBurst,
    /// Timeline: to where activity began before.
    PrevBurst,
    /// Timeline: go to a time.
    GoToTime,
    /// Say when the user's sessions were revoked.
    Revoked,
    /// List every user.
    Users,
    /// Show near misses and thresholds.
    NearMisses,
    /// Ask what shares a value of the row.
    Pivot,
    /// Show the incident beside its user's usual days.
    Compare,
    /// Back to the timeline before.
    TrailBack,
    /// On to the timeline that was left.
    TrailOn,
    /// Raise the threshold.
    Raise,
    /// Lower the threshold.
    Lower,
    /// Try what the near miss needs.
    TryMiss,
    /// Run with the thresholds tried.
    ApplyThresholds,
    /// Back to the thresholds as set.
    ResetThresholds,
    /// List what there is to do about the incident, and until when its tokens may work.
    Contain,
    /// Tick a task of containment, or take the tick back.
    Tick,
    /// Copy the command of a task.
    CopyCommand,
    /// Show the queries that fetch what the incident or the step lacks.
    Queries,
    /// The next of these queries.
    NextQuery,
    /// The query for the next engine.
    NextEngine,
    /// Copy the query.
    CopyQuery,
    /// Write the query to a file beside the note.
    WriteQuery,
    /// Preview the case note.
    Note,
    /// Preview the note on the incident alone, or on all again.
    OneIncident,
    /// Write the case note.
    WriteNote,
}

/// The part of the work that an action belongs to: the list of actions is grouped by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The incidents and their list.
    Incidents,
    /// The steps of an incident.
    Steps,
    /// The verdict on an incident.
    Verdict,
    /// The rows of the timeline.
    Timeline,
    /// Marks, tags and remarks on rows.
    Marks,
    /// Filters on rows and incidents.
    Filters,
    /// Users, values, records and near misses looked up.
    LookUp,
    /// The case and its note.
    Case,
    /// Moves of the cursor.
    Moves,
    /// Panes, help, the program.
    Screen,
}

impl Subject {
    /// Its word in the list of actions.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incidents => "incident",
            Self::Steps => "steps",
            Self::Verdict => "verdict",
            Self::Timeline => "timeline",
            Self::Marks => "marks",
            Self::Filters => "filters",
            Self::LookUp => "look up",
            Self::Case => "case",
            Self::Moves => "move",
            Self::Screen => "screen",
        }
    }
}

impl Action {
    /// The part of the work that it belongs to.
    pub fn subject(self) -> Subject {
        match self {
            Self::OpenHit
            | Self::Guided
            | Self::Weigh
            | Self::Compare
            | Self::Sort
            | Self::TurnSort
            | Self::MarkRow
            | Self::MarkRange
            | Self::NextMark
            | Self::PrevMark
            | Self::Queries
            | Self::NextQuery
            | Self::NextEngine
            | Self::CopyQuery
            | Self::WriteQuery
            | Self::TakeOut => Subject::Incidents,
            Self::OpenStep
            | Self::NextStep
            | Self::PrevStep
            | Self::JumpToStep
            | Self::Remark
            | Self::Supports
            | Self::Against
            | Self::Unknown
            | Self::ClearVerdict => Subject::Steps,
            Self::Dispose
            | Self::TruePositive
            | Self::Benign
            | Self::FalsePositive
            | Self::Undetermined
            | Self::ClearDisposition
            | Self::Revoked
            | Self::Contain
            | Self::Tick
            | Self::CopyCommand => Subject::Verdict,
            Self::ZoomIn
            | Self::ZoomOut
            | Self::AroundHit
            | Self::AllOfUser
            | Self::ToggleLineage
            | Self::ToggleCollapsed
            | Self::ToggleRun
            | Self::NextBurst
            | Self::PrevBurst
            | Self::GoToTime
            | Self::OpenRecord
            | Self::TrailBack
            | Self::TrailOn
            | Self::Search
            | Self::NextFound
            | Self::PrevFound
            | Self::LeaveSearch
            | Self::OnlyFound => Subject::Timeline,
            Self::Bookmark | Self::Tags | Self::RemarkRow | Self::Complete | Self::Marks => Subject::Marks,
            Self::Filter
            | Self::FilterMenu
            | Self::LeaveOut
            | Self::FailedOnly
            | Self::NewOnly
            | Self::OneSide
            | Self::DropFilter
            | Self::ClearFilters => Subject::Filters,
            Self::NextRecord
            | Self::PrevRecord
            | Self::NextCopy
            | Self::Bundle
            | Self::Users
            | Self::Pivot
            | Self::NearMisses
            | Self::Raise
            | Self::Lower
            | Self::TryMiss
            | Self::ApplyThresholds
            | Self::ResetThresholds => Subject::LookUp,
            Self::SaveTo
            | Self::Decisions
            | Self::TakeTheirs
            | Self::KeepOurs
            | Self::ReadOnly
            | Self::WorkOnCopy
            | Self::TakeOver
            | Self::Undo
            | Self::Copy
            | Self::Note
            | Self::OneIncident
            | Self::WriteNote => Subject::Case,
            Self::Next | Self::Prev | Self::PageDown | Self::PageUp | Self::First | Self::Last => Subject::Moves,
            Self::Back
            | Self::NextPane
            | Self::PrevPane
            | Self::ZoomPane
            | Self::Help
            | Self::Palette
            | Self::Close
            | Self::Accept
            | Self::Quit
            | Self::Suspend
            | Self::Mouse => Subject::Screen,
        }
    }

    /// Every action.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns whether it says something that the case keeps, or writes beside it.
    pub fn changes_the_case(self) -> bool {
        matches!(
            self,
            Self::SaveTo
                | Self::TakeTheirs
                | Self::KeepOurs
                | Self::Supports
                | Self::Against
                | Self::Unknown
                | Self::ClearVerdict
                | Self::Remark
                | Self::Dispose
                | Self::TruePositive
                | Self::Benign
                | Self::FalsePositive
                | Self::Undetermined
                | Self::ClearDisposition
                | Self::TakeOut
                | Self::Undo
                | Self::Bookmark
                | Self::Tags
                | Self::RemarkRow
                | Self::Revoked
                | Self::ApplyThresholds
                | Self::WriteNote
                | Self::Tick
        )
    }

    /// Returns whether it needs the hashes of the files: the case is known by them, and nothing leaves without them.
    pub fn needs_hashes(self) -> bool {
        let reads = matches!(
            self,
            Self::Note
                | Self::Copy
                | Self::CopyCommand
                | Self::CopyQuery
                | Self::WriteQuery
                | Self::Decisions
                | Self::Marks
        );
        reads || self.changes_the_case()
    }

    /// As written in a key table.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
