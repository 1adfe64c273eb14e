//! The one list of analytics. Adding one is a file here and two lines below.

mod after_revoke;
mod auth_code_handoff;
mod binding_drop;
mod device_code_burst;
mod device_code_flow;
mod device_to_prt;
mod foci_burst;
mod foothold;
mod foreign_session;
mod graph_recon;
mod new_client;
mod session_hop;
mod session_hop_broad;
mod session_machine;
mod session_split;
mod token_two_networks;
mod tool_agent;

use super::Analytic;

/// Every analytic, in the order of lists and screens.
pub const ANALYTICS: &[Analytic] = &[
    device_code_burst::ANALYTIC,
    foci_burst::ANALYTIC,
    session_hop::ANALYTIC,
    session_hop_broad::ANALYTIC,
    device_code_flow::ANALYTIC,
    session_split::ANALYTIC,
    foreign_session::ANALYTIC,
    device_to_prt::ANALYTIC,
    auth_code_handoff::ANALYTIC,
    session_machine::ANALYTIC,
    token_two_networks::ANALYTIC,
    tool_agent::ANALYTIC,
    new_client::ANALYTIC,
    binding_drop::ANALYTIC,
    graph_recon::ANALYTIC,
    foothold::ANALYTIC,
    after_revoke::ANALYTIC,
];

/// Id and name of each client that one of the session analytics looks for as a session's second.
pub fn hop_clients(analytic: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let hops = [&session_hop::HOP, &session_hop_broad::HOP];
    hops.into_iter().filter(move |hop| hop.analytic == analytic).flat_map(|hop| hop.clients.iter().copied())
}
