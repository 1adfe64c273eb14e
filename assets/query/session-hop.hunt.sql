-- A session's first login, then within SessionWindow a success of an abused client (Azure CLI, Copilot App, Azure PowerShell,
-- Visual Studio - Legacy, Edge Enterprise New Tab Page) for AAD Graph in the home tenant. One hit for each session and
-- second client; the Second... columns are those of the earliest.
WITH
--: Since Until Lag SessionWindow AdminScopeOnly NoncompliantOnly Family HopClients
    HopClients AS Abused,
--+ hop-pairs
        WHERE s.T > f.T AND s.T <= f.T + SessionWindow AND s.Succeeded
            AND if(s.ResourceId = '', s.ResourceName = 'windows azure active directory', s.ResourceId = '00000002-0000-0000-c000-000000000000')
--+ hop-columns
