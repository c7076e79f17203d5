namespace Distribution.Dashboard.Reference;

/// <summary>Calls about one thing.</summary>
public sealed record ReferenceGroup(string Name, IReadOnlyList<ReferenceCall> Calls);
