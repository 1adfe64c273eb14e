-- A session's first login, then another client that tools favour (Azure CLI, Azure PowerShell, Office 365 Management), for
-- any resource, at any later time and with any result. One hit for each session and second client.
WITH
--: Since Until Lag AdminScopeOnly NoncompliantOnly Family BroadHopClients
    BroadHopClients AS Abused,
--+ hop-pairs
        WHERE s.T >= f.T AND s.AppId != f.AppId
--+ hop-columns
