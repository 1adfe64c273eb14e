-- Candidates: rows that a device code or a transfer of authentication marks, by user and session. Joining rows of one code
-- into a flow, and the grade by network, agent and what followed, are left to scan.
WITH
--: Since Until Lag 
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns WHERE match(ifNull(AuthenticationProtocol, ''), '(?i)device\\s*code|authentication\\s*transfer') OR match(ifNull(OriginalTransferMethod, ''), '(?i)device\\s*code|authentication\\s*transfer')),
--+ rows
    marked AS (
        SELECT *, Protocol IN ('devicecode', 'authenticationtransfer') OR Incoming IN ('', 'none') AS IsLeg FROM rows
        WHERE Succeeded AND User != '' AND (Protocol IN ('devicecode', 'authenticationtransfer') OR Transfer IN ('devicecodeflow', 'authenticationtransfer'))
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, countIf(IsLeg) AS Legs, count() AS SignInCount, groupUniqArrayIf(Net, Net != '') AS Nets,
    groupUniqArrayIf(Address, Address != '') AS IPs, groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArray(AppId) AS AppIds, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Session AS SessionId
FROM marked GROUP BY User, Session HAVING Legs > 0
ORDER BY FirstSeen
