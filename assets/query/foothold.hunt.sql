-- Candidates: changes that outlive a revocation, by user and day. Whether a hit came before, and what ties the two, are left
-- to scan.
WITH
--: Since Until Lag Footholds FootholdBeginnings
    Since AS Earliest,
--+ values
--+ acts
    planted AS (
        SELECT * FROM acts WHERE Succeeded AND (has(Footholds, Operation) OR arrayExists(beginning -> startsWith(Operation, beginning), FootholdBeginnings))
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, groupUniqArray(Operation) AS Operations, count() AS Rows, groupUniqArrayIf(Address, Address != '') AS IPs,
    groupUniqArrayIf(Agent, Agent != '') AS UserAgents, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User
FROM planted GROUP BY User, intDiv(T, 864000000000)
ORDER BY FirstSeen
