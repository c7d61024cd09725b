-- The cache is written from whole sets, a set and its entitlements in one transaction, and nothing deletes from it but that and a replay, which treats
-- both tables alike. Looking up the set for each of its entitlements, and locking it, only cost.
alter table entitlement_cache drop constraint entitlement_cache_organization_id_fkey;
