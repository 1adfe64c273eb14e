-- "Detect suspicious FOCI token logins V1" in SQL. The list of family clients is the one it was published with.
WITH
--: Since Until AdminScopeOnly NoncompliantOnly PublishedFamily BroadHopNames
--+ published-hops
SELECT * FROM pairs
WHERE TimeDiff >= 0 AND FirstAppDisplayName != SecondAppDisplayName
    AND has(BroadHopNames, SecondAppDisplayName)
ORDER BY FirstRequestTimeGenerated
