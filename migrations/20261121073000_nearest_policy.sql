-- The rotation policy that counts for a credential, if any does: identity before team before tier, a named type before
-- any type, the stricter of two alike. The same judgement as domain::identity::rotation::policy::nearest.
CREATE FUNCTION nearest_rotation_policy(identity uuid, team uuid, of_tier text, of_type text)
RETURNS SETOF rotation_policies LANGUAGE sql STABLE AS $$
    SELECT o.* FROM rotation_policies o
    WHERE (o.credential_type IS NULL OR o.credential_type = of_type)
        AND (o.identity_id = identity OR o.team_id = team OR o.tier = of_tier)
    ORDER BY o.identity_id IS NOT NULL DESC, o.team_id IS NOT NULL DESC, o.credential_type IS NOT NULL DESC, o.days
    LIMIT 1
$$;
