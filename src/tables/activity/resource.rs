//! The resource of an operation, from its id.

/// A resource by the parts of its id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    /// Its name, a parent's before it: `account1/webhook1`.
    pub(super) name: Option<String>,
    kind: Option<String>,
    group: Option<String>,
    subscription: Option<String>,
}

impl Resource {
    /// Reads `/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/vm1`, in any case. The last
    /// provider has the resource; what rights are for is the scope before Microsoft.Authorization, since an assignment
    /// has a number for a name.
    pub(super) fn read(id: &str) -> Self {
        const RIGHTS: &str = "/providers/microsoft.authorization";
        let id = id.trim().trim_end_matches('/');
        let end = id.to_ascii_lowercase().rfind(RIGHTS).unwrap_or(id.len());
        let parts: Vec<&str> = id[..end].split('/').filter(|part| !part.is_empty()).collect();
        let after = |name: &str| {
            let at = parts.iter().position(|part| part.eq_ignore_ascii_case(name))?;
            parts.get(at + 1).map(|part| (*part).to_owned())
        };
        let (subscription, group) = (after("subscriptions"), after("resourceGroups"));
        let provider = parts.iter().rposition(|part| part.eq_ignore_ascii_case("providers"));
        // Type and name take turns after the provider's own name.
        let turns = provider.map_or(&[][..], |at| parts.get(at + 2..).unwrap_or_default());
        let names: Vec<&str> = turns.iter().skip(1).step_by(2).copied().collect();
        if names.is_empty() {
            let kind = if group.is_some() { "resource group" } else { "subscription" };
            let name = group.or_else(|| subscription.clone());
            let kind = name.is_some().then(|| kind.to_owned());
            let subscription = subscription.filter(|known| Some(known) != name.as_ref());
            return Self { name, kind, group: None, subscription };
        }
        let kind = turns.iter().step_by(2).nth(names.len() - 1).map(|kind| (*kind).to_owned());
        Self { name: Some(names.join("/")), kind, group, subscription }
    }

    /// Its type and place in words.
    pub(super) fn words(&self) -> Vec<String> {
        let group = self.group.as_ref().map(|group| format!("resource group {group}"));
        let subscription = self.subscription.as_ref().map(|subscription| format!("subscription {subscription}"));
        [self.kind.clone(), group, subscription].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_has_name_type_and_place() {
        for (id, name, words) in [
            (
                "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Compute/virtualMachines/vm-web01",
                Some("vm-web01"),
                "virtualMachines, resource group rg1, subscription s1",
            ),
            (
                "/SUBSCRIPTIONS/s1/RESOURCEGROUPS/RG1/PROVIDERS/MICROSOFT.AUTOMATION/AUTOMATIONACCOUNTS/A/WEBHOOKS/W/",
                Some("A/W"),
                "WEBHOOKS, resource group RG1, subscription s1",
            ),
            (
                "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Insights/diagnosticSettings/logs",
                Some("logs"),
                "diagnosticSettings, resource group rg1, subscription s1",
            ),
            (
                "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Authorization/roleAssignments/11111111",
                Some("rg1"),
                "resource group, subscription s1",
            ),
            ("/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/1", Some("s1"), "subscription"),
            ("/subscriptions/s1/resourceGroups/rg1", Some("rg1"), "resource group, subscription s1"),
            ("/providers/Microsoft.Authorization", None, ""),
            ("", None, ""),
            ("/subscriptions/s1/providers/Microsoft.Web/sites", Some("s1"), "subscription"),
        ] {
            let resource = Resource::read(id);
            assert_eq!((resource.name.as_deref(), resource.words().join(", ").as_str()), (name, words), "{id}");
        }
    }
}
