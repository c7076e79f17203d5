using System.Text.Json;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>A line of a bill: quantity times unit price, and of that the file's share.</summary>
public sealed record BillLineResource
{
    /// <summary>UTC, inclusive.</summary>
    public required DateTime From { get; init; }

    /// <summary>UTC, exclusive.</summary>
    public required DateTime To { get; init; }

    /// <summary>What it is for: traffic, fee, commitment, overage, beyondQuota, peakRate, earlier, fill, edge, edgeNodes, platform or platformTraffic.</summary>
    public required string Item { get; init; }

    /// <summary>Of the contract; empty where it has one region.</summary>
    public required string Region { get; init; }

    /// <summary>The tier's lower border, in gigabytes of the month; null: no tier.</summary>
    public required decimal? TierAbove { get; init; }

    /// <summary>The tier's upper border; null: none.</summary>
    public required decimal? TierUpTo { get; init; }

    /// <summary>Negative for "earlier": what the month had cost before the range.</summary>
    public required decimal Quantity { get; init; }

    /// <summary>gigabyte (10^9 bytes), gibibyte, month or megabitPerSecond.</summary>
    public required string Unit { get; init; }

    public required decimal UnitPrice { get; init; }

    /// <summary>Of all files: quantity times unit price.</summary>
    public required decimal PublisherAmount { get; init; }

    /// <summary>The file's bytes and those of all files, by which the line is divided; null: the report is of all files.</summary>
    public required BillShare? Share { get; init; }

    public required decimal Amount { get; init; }

    public static BillLineResource Of(BillLine line) =>
        new()
        {
            From = line.From.UtcDateTime,
            To = line.To.UtcDateTime,
            Item = JsonNamingPolicy.CamelCase.ConvertName(line.Item.ToString()),
            Region = line.Region,
            TierAbove = line.TierAbove,
            TierUpTo = line.TierUpTo,
            Quantity = ReportCost.Round(line.Quantity),
            Unit = JsonNamingPolicy.CamelCase.ConvertName(line.Unit.ToString()),
            UnitPrice = ReportCost.Round(line.UnitPrice),
            PublisherAmount = ReportCost.Round(line.PublisherAmount),
            Share = line.Share,
            Amount = ReportCost.Round(line.Amount),
        };
}
