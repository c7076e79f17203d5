namespace Distribution.Dashboard.Reference;

/// <param name="Place">Where a parameter stands (path, query, header); of a body's field whether it must be there.</param>
public sealed record ReferenceField(string Name, string Place, string Type, string Description);
