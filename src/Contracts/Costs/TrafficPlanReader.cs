using System.Text.Json;

namespace Distribution.Contracts.Costs;

/// <summary>Reads how a region's traffic is priced.</summary>
internal sealed class TrafficPlanReader(ContractFields fields)
{
    private const int MaxTiers = 50;

    /// <summary>Null: something is wrong, and told.</summary>
    public TrafficPlan? Read(JsonElement element, string at)
    {
        switch (fields.Text(element, at, "plan", 40))
        {
            case "graduated":
                fields.IsObject(element, at, "region", "share", "plan", "tiers");
                return new GraduatedTiers(Tiers(element, at));
            case "volume":
                fields.IsObject(element, at, "region", "share", "plan", "tiers");
                return new VolumeTiers(Tiers(element, at));
            case "flat":
                fields.IsObject(element, at, "region", "share", "plan", "perMonth", "quota", "overage");
                return Flat(element, at);
            case "commit":
                fields.IsObject(element, at, "region", "share", "plan", "commit", "perGigabyte", "overage");
                decimal price = Price(element, at, "perGigabyte");
                return new CommitPlan(
                    fields.Number(element, at, "commit", ContractFields.MaxGigabytes),
                    price,
                    fields.Number(element, at, "overage", ContractFields.MaxPrice, price)
                );
            case "percentile95":
                fields.IsObject(element, at, "region", "share", "plan", "perMegabit", "commit");
                return new PercentilePlan(
                    Price(element, at, "perMegabit"),
                    fields.Number(element, at, "commit", ContractFields.MaxGigabytes, 0)
                );
            case null:
                return null;
            default:
                fields.Wrong($"{at}.plan", "is none of graduated, volume, flat, commit, percentile95");
                return null;
        }
    }

    private FlatPlan Flat(JsonElement element, string at)
    {
        bool limited = ContractFields.Has(element, "quota", out _);
        bool billed = ContractFields.Has(element, "overage", out _);
        if (billed && !limited)
            fields.Wrong($"{at}.overage", "has no quota that it lies over");
        return new FlatPlan(
            fields.Number(element, at, "perMonth", ContractFields.MaxFee),
            limited ? fields.Number(element, at, "quota", ContractFields.MaxGigabytes) : null,
            billed ? Price(element, at, "overage") : null
        );
    }

    private List<PriceTier> Tiers(JsonElement owner, string ownerAt)
    {
        var tiers = new List<PriceTier>();
        foreach ((JsonElement element, string at) in fields.Items(owner, ownerAt, "tiers", MaxTiers))
        {
            if (!fields.IsObject(element, at, "upTo", "perGigabyte"))
                continue;
            if (tiers.Count > 0 && tiers[^1].UpToGigabytes is null)
                fields.Wrong(at, "follows a tier without an upTo, which is the last one");
            decimal? border = ContractFields.Has(element, "upTo", out _)
                ? fields.Number(element, at, "upTo", ContractFields.MaxGigabytes)
                : null;
            if (border <= (tiers.Count > 0 ? tiers[^1].UpToGigabytes : 0))
                fields.Wrong($"{at}.upTo", "does not lie above the tier before");
            tiers.Add(new PriceTier(border, Price(element, at, "perGigabyte")));
        }
        if (tiers.Count > 0 && tiers[^1].UpToGigabytes is not null)
            fields.Wrong($"{ownerAt}.tiers", "ends in a tier with an upTo: the last one has none");
        return tiers;
    }

    private decimal Price(JsonElement owner, string at, string name) =>
        fields.Number(owner, at, name, ContractFields.MaxPrice);
}
