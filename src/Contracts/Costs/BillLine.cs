namespace Distribution.Contracts.Costs;

/// <summary>A line of a bill: quantity times price. Money is not rounded.</summary>
[GenerateSerializer, Immutable]
public sealed record BillLine
{
    /// <summary>UTC, inclusive: a range's part in one calendar month under one contract.</summary>
    [Id(0)]
    public required DateTimeOffset From { get; init; }

    /// <summary>UTC, exclusive.</summary>
    [Id(1)]
    public required DateTimeOffset To { get; init; }

    [Id(2)]
    public required BillItem Item { get; init; }

    /// <summary>Of the contract; empty where it does not matter.</summary>
    [Id(3)]
    public string Region { get; init; } = "";

    /// <summary>Negative for <see cref="BillItem.Earlier"/>.</summary>
    [Id(4)]
    public required decimal Quantity { get; init; }

    [Id(5)]
    public required BillUnit Unit { get; init; }

    [Id(6)]
    public required decimal UnitPrice { get; init; }

    /// <summary>The tier's lower border, in gigabytes of the month; null: no tier.</summary>
    [Id(7)]
    public decimal? TierAbove { get; init; }

    /// <summary>The tier's upper border; null: none.</summary>
    [Id(8)]
    public decimal? TierUpTo { get; init; }

    /// <summary>Null: the bill is of all files.</summary>
    [Id(9)]
    public BillShare? Share { get; init; }

    /// <summary>Of all files.</summary>
    public decimal PublisherAmount => Quantity * UnitPrice;

    public decimal Amount => Share is { } share ? PublisherAmount * share.Part : PublisherAmount;

    /// <summary>True: due by time, whatever was sent.</summary>
    public bool IsFixed => Item is BillItem.Fee or BillItem.Commitment or BillItem.EdgeNodes or BillItem.Platform;

    internal static BillLine Of(
        BillingSpan span,
        BillItem item,
        decimal quantity,
        BillUnit unit,
        decimal unitPrice,
        string region = ""
    ) =>
        new()
        {
            From = span.From,
            To = span.To,
            Item = item,
            Region = region,
            Quantity = quantity,
            Unit = unit,
            UnitPrice = unitPrice,
        };
}
