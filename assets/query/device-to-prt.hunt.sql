-- Candidates: requests of the broker for the Device Registration Service, registrations of devices, and primary refresh tokens
-- that came of a code or a transfer, by user and day. Which belong together is left to scan.
WITH
--: Since Until Lag 
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
--+ acts
    parts AS (
        SELECT T, User, UserId, Upn, multiIf(
            Incoming = 'primaryrefreshtoken' AND Transfer IN ('devicecodeflow', 'authenticationtransfer'), 'primary refresh token after a code',
            AppId = '29d9ed98-a469-4536-ade2-f981bc1d605e' AND (ResourceId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9' OR ResourceName = 'device registration service' OR position(Details, 'adrs_access') > 0),
            'registration service asked for', '') AS What, Address, Agent, Device
        FROM rows WHERE Succeeded AND User != '' AND What != ''
        UNION ALL
        SELECT T, User, UserId, Upn, 'device registered' AS What, Address, Agent, '' AS Device FROM acts WHERE Succeeded AND NOT Upon AND Operation = 'register device'
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, groupUniqArray(What) AS What, count() AS Rows, groupUniqArrayIf(Address, Address != '') AS IPs,
    groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArrayIf(Device, Device != '') AS Devices, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User
FROM parts GROUP BY User, intDiv(T, 864000000000)
ORDER BY FirstSeen
