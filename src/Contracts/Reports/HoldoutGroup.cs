namespace Distribution.Contracts.Reports;

/// <summary>How the viewers of one group fared.</summary>
/// <param name="Viewers">Peer ids that began in the range with something left.</param>
/// <param name="Completed">Of them, those that got all.</param>
/// <param name="Unfinished">Of them, those that did not, and of which nothing new was heard for an hour.</param>
/// <param name="StartUpSeconds">Median, from the first announce to the first that anybody knew of bytes that it got; null: nobody got any.</param>
/// <param name="CompletionSeconds">Median of those that got all, from the first announce; null: nobody did.</param>
[GenerateSerializer, Immutable]
public sealed record HoldoutGroup(
    int Viewers,
    int Completed,
    int Unfinished,
    double? StartUpSeconds,
    double? CompletionSeconds
)
{
    public int UnderWay => Viewers - Completed - Unfinished;
}
