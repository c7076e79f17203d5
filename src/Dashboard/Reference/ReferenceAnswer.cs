namespace Distribution.Dashboard.Reference;

public sealed record ReferenceAnswer(string Status, string Description, IReadOnlyList<ReferenceField> Fields);
