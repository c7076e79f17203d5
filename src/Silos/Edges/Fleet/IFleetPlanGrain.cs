namespace Distribution.Silos.Edges.Fleet;

/// <summary>The fleet as its nodes' grains see it; keyed by 0.</summary>
internal interface IFleetPlanGrain : IGrainWithIntegerKey
{
    /// <summary>Takes in what a node says of itself, and answers what it is to seed.</summary>
    ValueTask<FleetOrder> ReportAsync(FleetReport report);

    /// <summary>Whether the node may report at all; asked before anything of it is booked.</summary>
    ValueTask<bool> MayReportAsync(string nodeId, bool hasOwnKey);
}
