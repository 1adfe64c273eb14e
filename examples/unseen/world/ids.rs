//! Clients and resources by their ids, with the names they sign in under.

use tokentrail::testing::facts::Facts;

pub(crate) const AUTHENTICATOR: &str = "4813382a-8fa7-425e-ab75-3b753aab3abb";
pub(crate) const AZURE_PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
pub(crate) const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
pub(crate) const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub(crate) const COMPANY_PORTAL: &str = "9ba1a5c7-f17a-4de9-a1f1-6178c8d51223";
pub(crate) const EDGE: &str = "ecd6b820-32c2-49b6-98a6-444530e5a77a";
pub(crate) const EXCHANGE_POWERSHELL: &str = "fb78d390-0c51-40cd-8e17-fdbfab77341b";
pub(crate) const GRAPH_TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";
pub(crate) const OFFICE: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
pub(crate) const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
pub(crate) const ONEDRIVE: &str = "ab9b8c07-8f02-4f72-87fa-80105867a763";
pub(crate) const OUTLOOK_MOBILE: &str = "27922004-5251-4030-b22d-91ecd9a37ea4";
pub(crate) const OUTLOOK_WEB: &str = "00000002-0000-0ff1-ce00-000000000000";
pub(crate) const POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
pub(crate) const ROOMS: &str = "eb20f3e3-3dce-4d2c-b721-ebb8d4414067";
pub(crate) const SHAREPOINT_WEB: &str = "00000003-0000-0ff1-ce00-000000000000";
pub(crate) const TEAMS: &str = "1fec8e78-bce4-4aaf-ab1b-5451cc387264";
pub(crate) const TEAMS_DEVICE: &str = "87749df4-7ccf-48f8-aa87-704bad0e0e16";
pub(crate) const TEAMS_WEB: &str = "5e3ce6c0-2b1f-4285-8d4b-75ee78787346";
pub(crate) const VISUAL_STUDIO: &str = "872cd9fa-d31f-45e0-9eab-6e460a02d1f1";
pub(crate) const VSCODE: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";

pub(crate) const AAD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";
pub(crate) const ARM: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
pub(crate) const DEVICE_REGISTRATION: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";
pub(crate) const DEVOPS: &str = "499b84ac-1321-427f-aa17-267ca6975798";
pub(crate) const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
pub(crate) const INTUNE_ENROLLMENT: &str = "d4ebce55-015a-49b5-a083-c84d1797ae8c";
pub(crate) const KEY_VAULT: &str = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";
pub(crate) const MANAGEMENT_APIS: &str = "c5393580-f805-4401-95e8-94b7a6ef2fc2";
pub(crate) const MOBILE_MANAGEMENT: &str = "0a5f63c0-b750-4f38-a71c-4fc0d58b89e2";
pub(crate) const OFFICE_SERVICE: &str = "0f698dd4-f011-4d23-a33e-b36416dcb1e6";
pub(crate) const PRESENCE: &str = "1e70cd27-4707-4589-8ec5-9bd20c472a46";
pub(crate) const SEARCH: &str = "66a88757-258c-4c72-893c-3e8bed4d6899";
pub(crate) const SECURITY_INFO: &str = "ea890292-c8c8-4433-b5ea-b09d0668e1a6";
pub(crate) const SHAREPOINT: &str = "00000003-0000-0ff1-ce00-000000000000";
pub(crate) const TEAMS_SERVICES: &str = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";

/// The display name a client signs in under.
pub(crate) fn client_name(id: &str) -> &'static str {
    &Facts::embedded().client(id).expect("the bundles use known clients").name
}

/// The display name a resource has in the logs today.
pub(crate) fn resource_name(id: &str) -> &'static str {
    let resource = Facts::embedded().resource(id).expect("the bundles use known resources");
    resource.display_names.first().unwrap_or(&resource.name)
}
